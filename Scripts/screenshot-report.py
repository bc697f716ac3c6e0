#!/usr/bin/env python3
"""Opens a report in Chromium at the sizes of a laptop and a phone, checks it and takes pictures.

Usage: Scripts/screenshot-report.py report.html [FOLDER]

Needs the package playwright ('pip install playwright') and Chromium: either the system's, found as
'chromium' or 'google-chrome' on the PATH, or playwright's own ('playwright install chromium').
Fails if the page writes errors to the console, asks for anything from elsewhere, overflows the
screen sideways, or its animations do not follow the keyboard.
"""

import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def check(browser, url, name, size, scheme, folder, faults):
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme,
        reduced_motion="reduce" if scheme == "dark" else "no-preference")
    page = context.new_page()
    label = f"{name}, {scheme}"
    page.on("console", lambda message: message.type in ("error", "warning")
            and faults.append(f"{label}: console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"{label}: {error}"))
    page.on("request", lambda request: request.url != url
            and not request.url.startswith("data:")
            and faults.append(f"{label}: asks for {request.url}"))
    page.goto(url)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > size[0]:
        faults.append(f"{label}: {width} pixels wide")
    for box in page.query_selector_all(".animation"):
        animate(page, box, label, faults)
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=folder / f"{name}-{scheme}.png")
    page.screenshot(path=folder / f"{name}-{scheme}-whole.png", full_page=True)
    context.close()


def animate(page, box, label, faults):
    """Moves one animation by keyboard and button, and leaves it in the middle."""
    slider, button = box.query_selector("input"), box.query_selector("button")

    def poses():
        return box.eval_on_selector_all(".world", "worlds => worlds.map(w => w.outerHTML)")

    first = poses()
    slider.focus()
    page.keyboard.press("ArrowRight")
    if slider.input_value() != "1" or poses() == first:
        faults.append(f"{label}: the arrow key does not move the animation")
    button.focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(700)
    if button.text_content() != "Pause" or int(slider.input_value()) < 5:
        faults.append(f"{label}: the space bar does not play the animation")
    page.keyboard.press("Space")
    if button.text_content() != "Play":
        faults.append(f"{label}: the space bar does not stop the animation")
    middle = int(slider.get_attribute("max")) // 2
    slider.evaluate(f"s => {{ s.value = {middle}; s.dispatchEvent(new Event('input')); }}")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    url = pathlib.Path(sys.argv[1]).resolve().as_uri()
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    faults = []
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, size in SIZES.items():
            for scheme in ("light", "dark"):
                check(browser, url, name, size, scheme, folder, faults)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"Pictures are in {folder}; {len(faults)} faults.")
    sys.exit(1 if faults else 0)


main()

#!/usr/bin/env python3
"""Opens a report in Chromium at laptop and phone sizes, checks it and takes screenshots.

Usage: Scripts/screenshot-report.py report.html [FOLDER]          the page in both colour schemes
       Scripts/screenshot-report.py report.html FOLDER --docs     the pictures of Docs/Reports.md

Needs the package playwright ('pip install playwright') and Chromium: either the system's, found as
'chromium' or 'google-chrome' on the PATH, or playwright's own ('playwright install chromium').
Fails if the page writes to the console, requests external resources, overflows the screen sideways,
or has text or boxes that overlap or are clipped. Also fails if its animations do not respond to the
keyboard, or if its charts show no values under the pointer and with the arrow keys. With --docs,
'pngquant' compresses the pictures if it is installed.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}

# The pictures of Docs/Reports.md: file, size, colour scheme, section, words of the heading at the
# upper edge (empty: the section's own), the position of that heading's animation or of the pointer
# in its chart as a fraction, and the height (0: that of the screen).
PICTURES = [
    ("report-result", "desktop", "light", "result", "tabular.random", 0, 420),
    ("report-values", "desktop", "light", "learning", "tabular.random", 0.7, 480),
    ("report-runs", "desktop", "light", "runs", "", 0, 0),
    ("report-learning", "desktop", "light", "learning", "tabular.random", 0, 560),
    ("report-adaptation", "desktop", "light", "adaptation", "tabular.random", 0, 700),
    ("report-against-maml", "desktop", "light", "against-maml", "tabular.random", 0, 0),
    ("report-navigation", "desktop", "light", "navigation", "maml", 0, 600),
    ("report-cheetah", "desktop", "light", "locomotion", "cheetah", 0.5, 480),
    ("report-cheetah-dark", "desktop", "dark", "locomotion", "cheetah", 0.5, 480),
    ("report-swimmer", "desktop", "light", "locomotion", "swimmer", 0.5, 520),
    ("report-gradients", "desktop", "light", "gradients", "tabular.random", 0, 950),
    ("report-not-covered", "desktop", "light", "gradients", "navigation", 0, 900),
    ("report-time", "desktop", "light", "time", "", 0, 540),
    ("report-configurations", "desktop", "light", "configurations", "", 0, 420),
    ("report-study", "desktop", "light", "study-1", "", 0, 750),
    ("report-phone-learning", "phone", "light", "learning", "tabular.random", 0, 0),
    ("report-phone-navigation", "phone", "dark", "navigation", "maml", 0, 0),
    ("report-phone-cheetah", "phone", "dark", "locomotion", "cheetah", 0.5, 0),
    ("report-phone-gradients", "phone", "light", "gradients", "tabular.random", 0, 0),
]

# Describes what overlaps or does not fit.
FAULTS = """() => {
  const faults = [];
  const say = (what, element) => faults.push(
    `${what}: "${(element.textContent || element.className || element.tagName).trim().slice(0, 50)}"`);
  const meets = (a, b, slack) => a.left < b.right - slack && b.left < a.right - slack
    && a.top < b.bottom - slack && b.top < a.bottom - slack;

  // texts of drawings, by the height of their capitals
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')]
      .filter(t => t.getAttribute('visibility') !== 'hidden' && t.textContent.trim());
    const boxes = texts.map(text => {
      const box = text.getBoundingClientRect(), cut = 0.2 * Math.min(box.height, box.width);
      return {left: box.left + 1, right: box.right - 1, top: box.top + cut,
              bottom: box.bottom - cut};
    });
    boxes.forEach((box, i) => {
      if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2
          || box.bottom > frame.bottom + 2) { say('is cut off by its drawing', texts[i]); }
      for (let k = i + 1; k < boxes.length; k += 1) {
        if (meets(box, boxes[k], 0)) { say(`lies on "${texts[k].textContent}"`, texts[i]); }
      }
    });
  }

  // boxes of the page
  const boxes = 'h1, h2, h3, p, ul, figure, .figures, .scroll, .animation, .controls, details, .note, button,'
    + ' label, input, output';
  for (const parent of document.querySelectorAll('header, section, .figures, .animation, .controls,'
    + ' .note, details')) {
    const children = [...parent.children].filter(
      c => c.matches(boxes) && c.getClientRects().length);
    children.forEach((child, i) => {
      for (const other of children.slice(i + 1)) {
        if (meets(child.getBoundingClientRect(), other.getBoundingClientRect(), 1)) {
          say('overlaps what follows', child);
        }
      }
    });
  }
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('.scroll, svg, .skip') && !element.matches('.scroll, svg')) { continue; }
    const box = element.getBoundingClientRect();
    if (box.right > window.innerWidth + 1) { say('is beyond the right edge', element); }
    if (element.matches('h1, h2, h3, p, li, figcaption, button, summary')
        && element.scrollWidth > element.clientWidth + 1) { say('overflows', element); }
  }
  return faults;
}"""


def open_page(browser, url, size, scheme, label, faults):
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme,
        reduced_motion="reduce" if scheme == "dark" else "no-preference")
    page = context.new_page()
    page.on("console", lambda message: faults.append(f"{label}: console: {message.text}"))
    page.on("pageerror", lambda error: faults.append(f"{label}: {error}"))
    page.on("request", lambda request: request.url != url
            and not request.url.startswith("data:")
            and faults.append(f"{label}: asks for {request.url}"))
    page.goto(url)
    return page


def check(browser, url, name, size, scheme, folder, faults):
    label = f"{name}, {scheme}"
    page = open_page(browser, url, size, scheme, label, faults)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > size[0]:
        faults.append(f"{label}: {width} pixels wide")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.className") != "skip":
        faults.append(f"{label}: the Tab key does not reach the link to the content first")
    page.evaluate("document.activeElement.blur()")
    for box in page.query_selector_all(".animation"):
        animate(page, box, label, faults)
    for figure in page.query_selector_all("figure.values"):
        explore(page, figure, label, faults)
    faults += [f"{label}: {fault}" for fault in page.evaluate(FAULTS)]
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=folder / f"{name}-{scheme}.png")
    page.screenshot(path=folder / f"{name}-{scheme}-whole.png", full_page=True)
    # folded parts must fit too
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    faults += [f"{label}, unfolded: {fault}" for fault in page.evaluate(FAULTS)]
    if page.evaluate("document.documentElement.scrollWidth") > size[0]:
        faults.append(f"{label}, unfolded: too wide")
    page.context.close()


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
    for share in (0.25, 1, 0.5):
        scrub(slider, share)
        faults += [f"{label}, at {share}: {fault}" for fault in page.evaluate(FAULTS)
                   if " m" in fault]


def explore(page, figure, label, faults):
    """Reads the values of a chart by pointer and by keyboard; they must stay within the chart."""
    name = figure.query_selector("figcaption").text_content()

    def tip():
        box = figure.query_selector(".tip")
        outer, inner = figure.bounding_box(), box.bounding_box()
        if (inner["x"] < outer["x"] - 1
                or inner["x"] + inner["width"] > outer["x"] + outer["width"] + 1):
            faults.append(f"{label}: the values of '{name}' leave the chart")
        return box.text_content()

    figure.scroll_into_view_if_needed()
    drawing = next(svg for svg in figure.query_selector_all("svg") if svg.bounding_box())
    box, seen = drawing.bounding_box(), set()
    for share in (0.2, 0.5, 0.9):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        seen.add(tip())
    if "" in seen or len(seen) < 2:
        faults.append(f"{label}: '{name}' shows no values under the pointer")
    page.mouse.move(0, 0)
    if tip():
        faults.append(f"{label}: '{name}' still shows values after the pointer has left")
    figure.focus()
    page.keyboard.press("End")
    last = tip()
    page.keyboard.press("ArrowLeft")
    if not last or tip() == last:
        faults.append(f"{label}: '{name}' does not follow the arrow keys")
    figure.evaluate("figure => figure.blur()")


def scrub(slider, share):
    """Moves a slider to a fraction of its range."""
    frame = round(share * int(slider.get_attribute("max")))
    slider.evaluate(f"s => {{ s.value = {frame}; s.dispatchEvent(new Event('input')); }}")


def touching_share(slider, share):
    """The nearest fraction at which every body touches the ground, or else the given one."""
    return slider.evaluate("""(slider, share) => {
      const data = JSON.parse(slider.closest('.animation').querySelector('script').textContent);
      const touches = frame => data.episodes.every(e => e.contacts[frame]);
      const frames = [...Array(Number(slider.max) + 1).keys()].filter(touches);
      const wanted = share * slider.max;
      frames.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
      return frames.length ? frames[0] / slider.max : share;
    }""", share)


def take_pictures(browser, url, folder, faults):
    """Takes the pictures of Docs/Reports.md."""
    for name, size, scheme, section, words, share, height in PICTURES:
        width = SIZES[size][0]
        page = open_page(
            browser, url, (width, height or SIZES[size][1]), scheme, name, faults)
        headings = page.query_selector_all(f"#{section} h3" if words else f"#{section} h2")
        heading = next((h for h in headings if words in h.text_content()), None)
        if heading is None:
            faults.append(f"{name}: the page has no section '{section}' with '{words}'")
            continue
        slider = heading.evaluate_handle(
            "h => h.parentElement.matches('.animation') ? h.parentElement.querySelector('input')"
            " : null").as_element()
        if slider:
            scrub(slider, touching_share(slider, share))
        page.add_style_tag(content="html { scrollbar-width: none; }")
        heading.evaluate("h => window.scrollTo(0, h.getBoundingClientRect().top"
                         " + window.scrollY - 12)")
        if share and not slider:
            box = heading.evaluate_handle(
                "h => { while (!h.querySelector('figure.values')) { h = h.nextElementSibling; }"
                " return h.querySelector('figure.values svg.single'); }"
            ).as_element().bounding_box()
            page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        path = folder / f"{name}.png"
        page.screenshot(path=path)
        if shutil.which("pngquant"):
            subprocess.run(["pngquant", "--force", "--strip", "--output", path, "64", path],
                           check=True)
        page.context.close()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report")
    parser.add_argument("folder", nargs="?", default="screenshots", type=pathlib.Path)
    parser.add_argument("--docs", action="store_true", help="take the pictures of Docs/Reports.md")
    options = parser.parse_args()
    url = pathlib.Path(options.report).resolve().as_uri()
    options.folder.mkdir(parents=True, exist_ok=True)
    faults = []
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        if options.docs:
            take_pictures(browser, url, options.folder, faults)
        else:
            for name, size in SIZES.items():
                for scheme in ("light", "dark"):
                    check(browser, url, name, size, scheme, options.folder, faults)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"Pictures are in {options.folder}; {len(faults)} faults.")
    sys.exit(1 if faults else 0)


main()

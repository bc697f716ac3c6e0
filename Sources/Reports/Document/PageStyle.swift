/// The appearance of a page: light and dark, on screens as narrow as a phone's.
enum PageStyle {
  /// The style sheet.
  static let sheet = """
    :root {
      --paper: #ffffff; --raised: #f5f6f8; --ink: #1b1f24; --muted: #565d66; --line: #c9ced6;
      --accent: #0b5cad; --series-0: #0067a6; --series-1: #c04a00; --series-2: #007a59;
      --series-3: #a3357f; --series-4: #7a5c00; --series-5: #5a52c8; --series-6: #555c64;
      --series-7: #b3123c; --ground: #e4e1da; --limb: #3b5b7a; --touch: #d4460c;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14171b; --raised: #1d2126; --ink: #e8eaed; --muted: #a7afb9; --line: #474e58;
        --accent: #7db9f5; --series-0: #5cb3f2; --series-1: #ff9a57; --series-2: #41cfa1;
        --series-3: #f19bd0; --series-4: #e0c050; --series-5: #b0a8ff; --series-6: #b6bdc6;
        --series-7: #ff8398; --ground: #2c2e2b; --limb: #8fb4d8; --touch: #ff8a4c;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
    }
    header, main, footer { max-width: 1160px; margin: 0 auto; padding: 0 16px; }
    h1 { font-size: 1.7rem; line-height: 1.25; margin: 1.5rem 0 .75rem; overflow-wrap: anywhere; }
    h2 {
      font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: 1rem;
      border-top: 1px solid var(--line);
    }
    h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
    a { color: var(--accent); }
    a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible,
    .scroll:focus-visible, .values:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .skip { position: absolute; left: -999px; }
    .skip:focus { position: static; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 0; }
    nav a { display: inline-block; padding: .3rem 0; }
    .caption, footer { color: var(--muted); font-size: .9rem; }
    .caption { max-width: 46rem; }
    .result { font-size: 1.1rem; max-width: 46rem; }
    .note { background: var(--raised); border-left: 4px solid var(--series-1); padding: .25rem 1rem; margin: 1rem 0; }
    .note ul { margin-top: 0; }
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 1rem; }
    figure { margin: 0; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; min-width: 0; display: flex; flex-direction: column; }
    figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .5rem; overflow-wrap: anywhere; flex: 1; }
    figcaption .numbers { display: block; font-weight: 400; color: var(--muted); font-variant-numeric: tabular-nums; }
    figure svg { display: block; width: 100%; height: auto; }
    .figures > .chart:only-child { grid-column: 1 / -1; }
    .chart .wide { display: none; }
    .chart .narrow { max-width: 620px; margin: 0 auto; }
    figure.square svg { max-width: 440px; margin: 0 auto; }
    .chart text { font-size: 13px; fill: var(--muted); font-variant-numeric: tabular-nums; }
    .grid, .axis { stroke: var(--line); fill: none; }
    .grid { stroke-opacity: .6; }
    .s0 { --c: var(--series-0); } .s1 { --c: var(--series-1); } .s2 { --c: var(--series-2); }
    .s3 { --c: var(--series-3); } .s4 { --c: var(--series-4); } .s5 { --c: var(--series-5); }
    .s6 { --c: var(--series-6); } .s7 { --c: var(--series-7); }
    .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
    .band { fill: var(--c); fill-opacity: .16; stroke: none; }
    .bar { fill: none; stroke: var(--c); stroke-width: 1.5; }
    .mark { fill: var(--c); }
    .hit { fill: none; stroke: none; stroke-width: 22; pointer-events: stroke; }
    .values { position: relative; }
    .values svg { touch-action: pan-y; }
    .cursor path { fill: none; stroke: var(--muted); }
    .cursor circle { fill: var(--raised); stroke: var(--c); stroke-width: 2.5; }
    .tip {
      position: absolute; visibility: hidden; pointer-events: none; max-width: calc(100% - 8px);
      padding: .3rem .6rem; background: var(--paper); border: 1px solid var(--muted); border-radius: 4px;
      font-size: .85rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
    }
    .tip.shown { visibility: visible; }
    .tip p { margin: 0; color: var(--muted); }
    .tip ul { list-style: none; margin: 0; padding: 0; }
    .level { fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 6 4; }
    .chart text.level-name {
      fill: var(--ink); paint-order: stroke; stroke: var(--raised); stroke-width: 4px;
    }
    .chart text.end { fill: var(--c); font-weight: 700; }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .5rem 0; }
    .legend li { overflow-wrap: anywhere; }
    .key {
      display: inline-block; min-width: 1.4em; padding: 0 .3em; border-radius: 3px; font-size: .8rem;
      font-weight: 700; text-align: center; background: var(--c); color: var(--paper);
    }
    .scroll {
      overflow-x: auto; margin: .75rem 0; width: fit-content; max-width: 100%;
      background:
        linear-gradient(var(--paper), var(--paper)) right / 2rem 100% no-repeat local,
        linear-gradient(to left, var(--line), transparent) right / 1.5rem 100% no-repeat scroll;
    }
    table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; font-weight: 600; padding: .25rem 0; }
    caption span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 32px); }
    th, td { padding: .3rem .75rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
    thead th { background: var(--raised); }
    th:first-child, .words th, .words td, .word { text-align: left; }
    .words td { white-space: normal; min-width: 7rem; }
    th:first-child { position: sticky; left: 0; }
    tbody th { background: var(--paper); font-weight: 600; white-space: normal; }
    th .name { display: inline-block; width: max-content; max-width: 20rem; overflow-wrap: anywhere; }
    details { margin: .5rem 0; }
    summary { cursor: pointer; color: var(--accent); padding: .25rem 0; }
    .bar-label { margin: .75rem 0 .2rem; font-size: .9rem; overflow-wrap: anywhere; }
    .bar-parts { display: flex; height: 1.4rem; border-radius: 4px; overflow: hidden; background: var(--raised); }
    .bar-parts span {
      background: var(--c); border-right: 1px solid var(--paper); color: var(--paper);
      font-size: .8rem; font-weight: 700; line-height: 1.4rem; text-align: center;
    }
    .animation .figures { grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); }
    .scene { background: var(--paper); border-radius: 4px; }
    .limb { stroke: var(--limb); stroke-linecap: round; }
    .limb.touching { stroke: var(--touch); }
    .contact { fill: var(--touch); fill-opacity: .75; }
    .ground { fill: var(--ground); }
    .ticks { fill: none; stroke: var(--muted); stroke-width: 12; stroke-opacity: .5; }
    .path { fill: none; stroke: var(--series-1); stroke-width: 30; }
    .metres text { fill: var(--muted); text-anchor: middle; font-size: 100px; }
    .seen-from-above .metres text {
      font-size: 150px; paint-order: stroke; stroke: var(--paper); stroke-width: 60px;
    }
    .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; margin: .75rem 0 1.5rem; }
    .controls input { flex: 1 1 6rem; min-width: 0; height: 2rem; accent-color: var(--accent); }
    .controls output { font-variant-numeric: tabular-nums; min-width: 4em; }
    button {
      font: inherit; min-width: 5.5rem; min-height: 2.5rem; padding: .25rem 1rem; cursor: pointer;
      color: var(--paper); background: var(--accent); border: 0; border-radius: 4px;
    }
    @media (min-width: 900px) {
      .chart .wide { display: block; }
      .chart .narrow { display: none; }
    }
    @media (max-width: 620px) {
      .chart text { font-size: 16px; }
      .chart text.name { font-size: 15px; }
      .metres text { font-size: 140px; }
      .seen-from-above .metres text { font-size: 210px; }
      th .name { max-width: 40vw; }
    }
    @media print { .controls, nav, .skip, .tip { display: none; } }
    """
}

/// A table with headings for columns and rows, in a box that scrolls on narrow screens.
struct Table {
  /// The caption, also for screen readers.
  var caption: String
  /// The headings of the columns.
  var heading: [String]
  /// The rows; the first cell of each is its heading.
  var rows: [[String]]
  /// Whether cells hold words, aligned left, instead of numbers.
  var holdsText = false
  /// The columns that hold words in a table of numbers.
  var wordColumns: Set<Int> = []

  /// The table as markup.
  var html: HTML {
    let columns = heading.enumerated().map { index, name -> HTML in
      "<th scope=\"col\"\(alignment(index))>\(name)</th>"
    }
    let lines = rows.map { row -> HTML in
      let cells = row.enumerated().dropFirst().map { index, cell -> HTML in
        "<td\(alignment(index))>\(cell)</td>"
      }
      return "<tr><th scope=\"row\">\(name(row.first ?? ""))</th>\(cells)</tr>\n"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="\(caption)">
      <table\(holdsText ? " class=\"words\"" as HTML : "")><caption><span>\(caption)</span></caption>
      <thead><tr>\(columns)</tr></thead>
      <tbody>
      \(lines)</tbody></table></div>

      """
  }

  /// A heading that wraps rather than pushing the numbers off the screen.
  private func name(_ text: String) -> HTML {
    "<span class=\"name\">\(HTML.breakable(text))</span>"
  }

  private func alignment(_ column: Int) -> HTML {
    wordColumns.contains(column) ? " class=\"word\"" : ""
  }

  /// The table, folded behind a summary line.
  var folded: HTML { "<details><summary>\(caption)</summary>\n\(html)</details>\n" }
}

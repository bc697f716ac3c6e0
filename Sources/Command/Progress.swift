import Foundation
import MetaTape

/// The progress of a run: a bar with the remaining time on a terminal, else plain lines.
struct Progress {
  private let total: Int
  private let isTerminal: Bool
  private let isSilent: Bool
  private let start = ContinuousClock.now
  private var estimate = RemainingTime()
  private var nextLine = 0
  /// Whether the bar's line is not ended.
  private var isOpen = false

  init(total: Int, isSilent: Bool = false) {
    self.total = total
    self.isSilent = isSilent
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Shows that a number of steps is done.
  mutating func show(_ done: Int, _ detail: String) {
    if isSilent { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let remaining = estimate.seconds(after: done, of: total, at: seconds)
    let left = remaining.map { ", \(Console.duration($0)) left" } ?? ""
    if isTerminal {
      let text = "\(done)/\(total)  \(detail)\(left)"
      // a line that wraps could not be overwritten: the bar takes what the text leaves
      let columns = Console.columns ?? 80
      let width = min(24, columns - text.count - 2)
      let filled = total > 0 ? max(0, width) * done / total : max(0, width)
      let bar =
        width < 4
        ? ""
        : String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
          + " "
      Console.write("\r\u{1b}[2K\((bar + text).prefix(columns - 1))")
      isOpen = done != total
      if !isOpen { Console.write("\n") }
    } else if done >= nextLine || done == total {
      Console.note("\(done)/\(total)  \(detail)\(left)")
      nextLine = done + max(1, total / 20)
    }
  }

  /// Leaves the line of an unfinished bar.
  mutating func interrupt() {
    if isOpen { Console.write("\n") }
    isOpen = false
  }
}

/// The time that steps of equal length will still take, from those that were done.
///
/// The first step is left out: it makes the memory and loads what all use, and takes up to three
/// times as long as others.
struct RemainingTime {
  /// The first step of this process that was done, and when.
  private var first: (step: Int, seconds: Double)?

  /// The time that is left.
  ///
  /// - Parameters:
  ///   - done: how many steps are done, by earlier processes too.
  ///   - total: how many there are.
  ///   - seconds: the time since the start.
  /// - Returns: The seconds, once more than the first step of this process is done; nil before, and at
  ///   the end.
  mutating func seconds(after done: Int, of total: Int, at seconds: Double) -> Double? {
    guard let first else {
      first = (done, seconds)
      return nil
    }
    guard done > first.step, done < total else { return nil }
    return (seconds - first.seconds) / Double(done - first.step) * Double(total - done)
  }
}

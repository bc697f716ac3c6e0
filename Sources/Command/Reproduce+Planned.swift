import Files
import Foundation
import MetaTape

/// What is planned as a whole: the comparisons, and the study of the missing term.
extension Reproduce {
  func compare() async throws {
    let plan = ComparisonPlan.standard
    let reproduction = reproduction([.table1, .table2], plan: plan)
    if !pages {
      try await train(
        reproduction.jobs(plan.all), plan.all.map(\.cell), reproduction, "comparison")
    }
    try show(reproduction)
  }

  func studyDebiasing() async throws {
    let study = DebiasingStudy(
      folder: URL(fileURLWithPath: output), threads: threading.threads)
    if !pages {
      let missing = try DebiasingProblem.distinct.filter { try study.record($0) == nil }
      let start = ContinuousClock.now
      for (index, problem) in missing.enumerated() {
        if !json {
          let elapsed = (ContinuousClock.now - start) / .seconds(1)
          let rest =
            index == 0
            ? ""
            : "; about \(Console.duration(elapsed / Double(index) * Double(missing.count - index))) left"
          Console.note("debiasing: \(index + 1) of \(missing.count), \(problem.name)\(rest)")
        }
        try await study.study(problem)
        try study.writePage()
      }
      if missing.isEmpty, !json { Console.note("debiasing: nothing to do.") }
    }
    let page = try study.writePage()
    if json {
      Console.printJSON(try JSON.encode(DebiasingProblem.distinct.compactMap(study.record)))
    } else {
      print(page)
    }
  }
}

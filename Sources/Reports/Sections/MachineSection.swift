/// The machines on which the runs were made.
struct MachineSection: ReportSection {
  let identifier = "machines"
  let title = "Machines"

  func content(_ context: ReportContext) -> HTML? {
    var machines: [(facts: MachineFacts, runs: Int)] = []
    for run in context.runs.groups.flatMap(\.runs) {
      if let known = machines.firstIndex(where: { $0.facts == run.machine }) {
        machines[known].runs += 1
      } else {
        machines.append((run.machine, 1))
      }
    }
    let table = Table(
      caption: "Where the runs were made",
      heading: ["processor", "processors", "system", "BLAS kernels", "BLAS", "MetaTape", "runs"],
      rows: machines.map { facts, runs in
        [
          facts.processor, "\(facts.processorCount)", facts.system,
          facts.blasCore + (facts.blasChoice.map { ", \($0)" } ?? ""), facts.blas,
          facts.programVersion ?? "?", "\(runs)",
        ]
      }, holdsText: true)
    return """
      \(table.html)<p class="caption">Results are bit-identical on one type of processor, for any \
      number of threads.</p>

      """
  }
}

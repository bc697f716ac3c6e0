extension DoctorReport {
  /// The findings, and what to do.
  public var text: String {
    let rows = rows
    let width = rows.map(\.name.count).max() ?? 0
    var lines = rows.map { name, text in
      name + String(repeating: " ", count: width + 2 - name.count) + text
    }
    lines.append(advice.isEmpty ? "\nNothing needs to be done." : "\nWhat to do:")
    return (lines + advice.map { "- \($0)" }).joined(separator: "\n")
  }

  /// The findings with their names.
  private var rows: [(name: String, text: String)] {
    func speed(_ value: Double, _ peak: Double?) -> String {
      let share = peak.map { ", \(Self.percent(value, $0)) of the peak, \(Self.giga($0))" } ?? ""
      return Self.giga(value) + share
    }
    let cycles = self.speed.frequency.map { ", \(Console.number($0 / 1e9, 2)) GHz measured" } ?? ""
    return [
      ("MetaTape", version),
      ("system", machine.system),
      ("processor", Processor.current.description + (machine.vectors.map { ", \($0)" } ?? "")),
      ("processors", "\(threads.processors)\(cycles)"),
      ("BLAS", machine.blas),
      ("kernels", "\(machine.blasCore), \(BLAS.selection.explanation)"),
      ("results", check.failure ?? "right in \(check.comparisons) comparisons with plain loops"),
      ("double", speed(self.speed.double, self.speed.peak)),
      ("single", speed(self.speed.single, self.speed.peak.map { 2 * $0 })),
      ("threads", "\(threads.byDefault) unless --threads says otherwise; OpenBLAS runs in each"),
      (
        "MPI",
        (isBuiltWithMPI ? "built in" : "not built in") + ", "
          + (mpirun.map { "mpirun is \($0)" } ?? "no mpirun (several processes need it, no others)")
      ),
      (
        "Python",
        python.map { "\($0) (only comparisons with other programs need it)" }
          ?? "none (only comparisons with other programs need it)"
      ),
      (
        "memory",
        Self.gigabytes(memory.bytes)
          + (memory.availableBytes.map { ", \(Self.gigabytes($0)) available" } ?? "")
      ),
    ]
  }

  private static func giga(_ rate: Double) -> String {
    "\(Console.number(rate / 1e9, 1)) GFLOPS"
  }

  private static func percent(_ part: Double, _ whole: Double) -> String {
    "\(Console.number(100 * part / whole, 0)) %"
  }

  private static func gigabytes(_ bytes: Int) -> String {
    "\(Console.number(Double(bytes) / 1e9, 1)) GB"
  }
}

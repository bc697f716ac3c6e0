import Files

/// The memory of this machine, or of the part of it that this process may use.
enum MachineMemory {
  /// All of it, in bytes.
  static var total: Int {
    min(Int(clamping: ProcessInfo.processInfo.physicalMemory), limit ?? .max)
  }

  /// What programs can still have, in bytes; nil where the system does not say.
  static var available: Int? {
    guard let free = kilobytes("MemAvailable:", of: "/proc/meminfo") else { return nil }
    guard let limit, let used = number("memory.current") else { return free * 1024 }
    return min(free * 1024, max(0, limit - used))
  }

  /// The most that this process has held, in bytes; 0 where the system does not say.
  static var peak: Int { (kilobytes("VmHWM", of: "/proc/self/status") ?? 0) * 1024 }

  /// The limit of this process's control group.
  private static var limit: Int? { number("memory.max") }

  /// The number in the first line of a file that starts with a word.
  private static func kilobytes(_ word: String, of path: String) -> Int? {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(word) }
    return line.flatMap { Int($0.filter(\.isNumber)) }
  }

  private static func number(_ name: String) -> Int? {
    let text = try? String(contentsOfFile: "/sys/fs/cgroup/\(name)", encoding: .utf8)
    return text.flatMap { Int($0.filter { !$0.isWhitespace }) }
  }
}

import SGMRL

/// The numbers that a run reports for each epoch: their names and how they follow from its record.
public enum Metrics {
  /// The version of the columns.
  public static let schemaVersion = 1

  /// The columns, in the order of the files.
  public static let columns: [(name: String, value: @Sendable (EpochRecord) -> Double)] = [
    ("epoch", { Double($0.epoch) }),
    ("return_before", { $0.before.undiscounted }),
    ("return_after", { $0.after.undiscounted }),
    ("discounted_return_before", { $0.before.discounted }),
    ("discounted_return_after", { $0.after.discounted }),
    ("episode_length_before", { $0.before.length }),
    ("episode_length_after", { $0.after.length }),
    ("gradient_norm", { $0.gradientNorm }),
    ("samples", { Double($0.samples) }),
    ("invalid_episodes", { Double($0.invalidEpisodes) }),
    ("seconds", { $0.seconds }),
    ("sampling_seconds", { $0.times.sampling }),
    ("environment_seconds", { $0.times.environment }),
    ("gradient_seconds", { $0.times.gradients }),
    ("second_order_seconds", { $0.times.secondOrder }),
  ]

  /// The first line of the CSV file.
  public static var csvHeader: String {
    (["schema_version"] + columns.map(\.name)).joined(separator: ",")
  }

  /// A record as a line of CSV.
  public static func csv(_ record: EpochRecord) -> String {
    (["\(schemaVersion)"] + columns.map { text($0.value(record)) }).joined(separator: ",")
  }

  /// A record as a line of JSON; what the outer step says of itself comes last, if it says anything.
  public static func json(_ record: EpochRecord) -> String {
    func field(_ name: String, _ value: Double) -> String {
      "\"\(name)\":\(value.isFinite ? text(value) : "null")"
    }
    var fields = columns.map { field($0.name, $0.value(record)) }
    let step = record.outerStep.sorted { $0.key < $1.key }.map { field($0.key, $0.value) }
    if !step.isEmpty { fields.append("\"outer_step\":{\(step.joined(separator: ","))}") }
    return "{\"schema_version\":\(schemaVersion)," + fields.joined(separator: ",") + "}"
  }

  /// The numbers of a record with their names; its epoch, the step, is left out.
  public static func scalars(_ record: EpochRecord) -> [(name: String, value: Double)] {
    columns.filter { $0.name != "epoch" }.map { ($0.name, $0.value(record)) }
      + record.outerStep.sorted { $0.key < $1.key }.map { ("outer_step/\($0.key)", $0.value) }
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

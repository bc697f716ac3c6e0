import Requirements
import Simulator

/// Tasks of a body from an MJCF file, with a reward chosen from a few.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | k | control of motor k | its range after scaling, ±1 where it has none |
///
/// | observation | meaning |
/// |---|---|
/// | first | all coordinates; not the first one where the body moves away along it |
/// | then | their velocities, clipped to ``velocityBound`` |
/// | last | for `reach`, the tip of the part along both axes of the plane |
///
/// The *part* is a body of the model by its name. Its *tip* is the end of a capsule's axis, or the centre of another
/// solid, that is farthest from its joint. Velocities are those of the tip along the first axis of the plane, averaged over the step.
///
/// | reward | of a step, before control cost and health | task |
/// |---|---|---|
/// | `forward` | `v` | none: all tasks are equal |
/// | `direction` | `g v` | `g` is -1 or 1 |
/// | `velocity` | `-|v - g|` | `g` is uniform in 0...``greatestVelocity`` m/s |
/// | `upright` | the cosine of the part's angle against the authored pose | none |
/// | `reach` | `-d`, the distance of the tip from the goal, in m | the goal, uniform in a disk of radius ``reach`` m around the tip of the authored pose |
///
/// - Start: coordinates and velocities uniform within ``startNoise`` of the authored pose at rest.
/// - Episode end: below ``leastHeight``, where the tip of the part counts, or above ``greatestPitch``, the
///   magnitude of the part's angle; truncated at the horizon.
/// - Version history: 1, first version.
public struct UserBody: TaskOptions, Equatable {
  /// What a step is rewarded for.
  public enum Reward: String, CaseIterable, Sendable {
    /// The velocity.
    case forward
    /// The velocity in the task's direction.
    case direction
    /// Closeness to the task's velocity.
    case velocity
    /// The authored orientation.
    case upright
    /// Closeness to the task's goal.
    case reach
  }

  /// A model's name or an MJCF file; setting it takes the fingerprint of the file.
  public var model = "half-cheetah" {
    didSet { modelFingerprint = (try? KnownModel(model)?.fingerprint) ?? "" }
  }
  /// The fingerprint of the file when it was chosen; empty if it does not matter, or cannot be read.
  public var modelFingerprint = ""
  /// What a step is rewarded for.
  public var reward = Reward.direction
  /// The body of the model that counts; empty for the root, for `upright` and `reach` the last one.
  public var part = ""
  /// The physics steps of an environment step; 0 for the model's own, of a file as many as last 0.02 s.
  public var frames = 0
  /// How far episodes start from the authored pose.
  public var startNoise = 0.1
  /// The bound of observed velocities.
  public var velocityBound = 10.0
  /// The bound of the velocities of tasks, in m/s.
  public var greatestVelocity = 2.0
  /// The radius of the disk of goals, in m.
  public var reach = 0.2
  /// The height below which an episode ends, in m; nothing ends it at the least number.
  public var leastHeight = -1e9
  /// The angle beyond which an episode ends, in rad; nothing ends it at the greatest number.
  public var greatestPitch = 1e9
  /// Control cost, scaling, solver, and what standing gives.
  public var settings = LocomotionSettings(controlCost: 0.05)

  /// Creates the options of a half-cheetah.
  public init() {}

  /// `body`
  public var name: String { "body" }
  /// A short description.
  public var summary: String { "A body from an MJCF file, with a reward of your choice" }

  /// The model, the reward and what belongs to them.
  public var fields: [Field<Self>] {
    let health = LocomotionSettings.healthFields.map { $0.on(\Self.settings) }
    let general = LocomotionSettings.fields.map { $0.on(\Self.settings) }
    return [modelField, fingerprintField] + goalFields + general + health
  }

  private var modelField: Field<Self> {
    Field(
      key: "model", documentation: "A model's name, or an MJCF file.",
      kind: "one of \(KnownModel.names.joined(separator: ", ")), or a path that ends in .xml",
      value: { .scalar($0.model) }
    ) { owner, value in
      guard case .scalar(let text) = value,
        KnownModel.names.contains(text) || text.hasSuffix(".xml")
      else { return false }
      owner.model = text
      return true
    }
  }

  private var fingerprintField: Field<Self> {
    Field(
      key: "model-fingerprint",
      documentation:
        "Identifies the content of the model's file, so that a run goes on with the body it began with; empty for any.",
      kind: "16 hexadecimal digits, or nothing",
      value: { .scalar($0.modelFingerprint) }
    ) { owner, value in
      guard case .scalar(let text) = value,
        text.isEmpty || (text.count == 16 && text.allSatisfy(\.isHexDigit))
      else { return false }
      owner.modelFingerprint = text
      return true
    }.neutral { $0.modelFingerprint.isEmpty }
  }

  private var goalFields: [Field<Self>] {
    [
      .choice("reward", "What a step is rewarded for.", \.reward),
      .text(
        "part",
        "The body of the model that counts; empty for the root, for upright and reach the last one.",
        \.part, kind: "a body's name, or nothing", isValid: { _ in true }),
      .count(
        "frames",
        "The physics steps of an environment step; 0 for the model's own, of a file as many as last 0.02 s.",
        \.frames, atLeast: 0, atMost: 10_000),
      .number(
        "start-noise", "How far coordinates and velocities start from the authored pose.",
        \.startNoise, 0...1e9),
      .number(
        "velocity-bound", "The bound of observed velocities.", \.velocityBound, 0...1e9,
        exclusive: true),
      .number(
        "greatest-velocity", "The bound of the velocities of tasks, in m/s.", \.greatestVelocity,
        0...1e6, exclusive: true),
      .number(
        "reach", "The radius of the disk of goals around the tip of the authored pose, in m.",
        \.reach, 0...1e6, exclusive: true),
      .number(
        "least-height",
        "The height of the tip below which an episode ends, in m; -1000000000 for none.",
        \.leastHeight, -1e9...1e9),
      .number(
        "greatest-pitch",
        "The angle of the part beyond which an episode ends, in rad; 1000000000 for none.",
        \.greatestPitch, 0...1e9, exclusive: true),
    ]
  }

  /// Reads the model and makes its tasks.
  ///
  /// - Throws: `ConfigurationError` if the model cannot be read or is not simulated, if it has changed since
  ///   its fingerprint was taken, or if it has no such part.
  public func makeTasks(horizon: Int) throws(ConfigurationError) -> any TaskDistribution {
    let known: KnownModel
    do {
      guard let found = try KnownModel(model) else {
        throw ConfigurationError(
          description:
            "environment.model '\(model)' is no model: use \(KnownModel.choices)")
      }
      known = found
    } catch let error as ConfigurationError { throw error } catch {
      throw ConfigurationError(description: "environment.model: \(error)")
    }
    if !modelFingerprint.isEmpty, known.fingerprint != modelFingerprint {
      throw ConfigurationError(
        description:
          "environment.model \(model) is not the file that this run began with (its fingerprint is \(known.fingerprint), not \(modelFingerprint)): put the old file back, or start another run without environment.model-fingerprint."
      )
    }
    guard !known.model.source.motors.isEmpty else {
      throw ConfigurationError(
        description:
          "environment.model \(model) has no actuators, so there is nothing to learn: add a motor.")
    }
    var options = self
    options.settings.horizon = horizon
    return UserBodyTasks(options, try LocomotionBody(options, known))
  }
}

/// The tasks of a body that was read from its file; ``UserBody`` makes them.
public struct UserBodyTasks: BodyTasks {
  /// What was chosen.
  public let options: UserBody
  /// The body, with what is observed of it.
  public let body: LocomotionBody
  /// Control cost, scaling, horizon and solver.
  public var settings: LocomotionSettings
  /// `body`
  public let name = "body"
  /// The tip in the authored pose.
  private let tip: SIMD2<Double>

  init(_ options: UserBody, _ body: LocomotionBody) {
    (self.options, self.body, settings) = (options, body, options.settings)
    let frames = body.source.placedFrames(at: body.model.referencePositions)
    tip = body.tip.map { frames[$0.body].place(of: $0.point) } ?? .zero
  }

  /// A direction, a velocity, a goal, or nothing.
  public func sampleTask(using stream: inout RandomStream) -> TaskParameters {
    switch options.reward {
    case .forward, .upright: return []
    case .direction: return [stream.uniform() < 0.5 ? -1 : 1]
    case .velocity: return [stream.uniform(in: 0..<options.greatestVelocity)]
    case .reach:
      let goal = tip + options.reach * Self.placeInDisk(using: &stream)
      return [goal.x, goal.y]
    }
  }

  /// Uniform in the disk of radius 1.
  private static func placeInDisk(using stream: inout RandomStream) -> SIMD2<Double> {
    while true {
      let place = SIMD2(stream.uniform(in: -1..<1), stream.uniform(in: -1..<1))
      if (place * place).sum() < 1 { return place }
    }
  }

  /// As the options say.
  public func reward(of motion: BodyMotion, task: TaskParameters) -> Double {
    let velocity = motion.tipVelocity.x
    switch options.reward {
    case .forward: return velocity
    case .direction: return task[0] * velocity
    case .velocity: return -(velocity - task[0]).magnitude
    case .upright: return sineAndCosine(motion.tipAngle).cosine
    case .reach:
      let offset = motion.tip - SIMD2(task[0], task[1])
      return -(offset * offset).sum().squareRoot()
    }
  }

  /// The goal in words.
  public func goal(of task: TaskParameters) -> String {
    let numbers = task.map { "\(($0 * 1000).rounded() / 1000)" }
    switch options.reward {
    case .forward: return "go forwards"
    case .direction: return (task.first ?? 0) > 0 ? "go forwards" : "go backwards"
    case .velocity: return "go at \(numbers.first ?? "0") m/s"
    case .upright: return "stay upright"
    case .reach: return "reach for (\(numbers.joined(separator: ", "))) m"
    }
  }
}

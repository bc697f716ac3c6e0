@_exported import SGMRL

/// Everything that determines a training run.
///
/// The values, their names in YAML, their documentation and their checks stand in one table,
/// ``Configuration/fields``.
public struct Configuration: Equatable, Sendable {
  /// The version of the format that ``yaml`` writes and ``init(yaml:file:)`` reads.
  public static let schemaVersion = 1

  /// The name of the experiment.
  public var name = "custom"
  /// The seed of every random number.
  public var seed = 1
  /// The name of the estimator.
  public var estimator = Estimator.sgMRL.name
  /// The discount `γ`.
  public var discount = 0.99
  /// The tasks.
  public var environment = EnvironmentSection()
  /// The policy.
  public var policy = PolicySection()
  /// The inner steps.
  public var inner = InnerSection()
  /// The outer step.
  public var outer = OuterSection()
  /// The length of training.
  public var training = TrainingSection()
  /// The test on fresh tasks.
  public var test = TestSection()

  /// Creates the configuration with all values at their defaults.
  public init() {}

  /// The tasks.
  public struct EnvironmentSection: Equatable, Sendable {
    /// The distribution of the tasks.
    public var name = EnvironmentName.navigation2D
    /// The greatest number of steps of an episode.
    public var horizon = 100
    /// The reward of a step.
    public var reward = Navigation2D.Reward.negativeSquaredDistance
    /// Multiplies the policy's action.
    public var actionScale = 1.0
    /// Whether positions are clipped to the square.
    public var clipsPosition = false
    /// Whether an episode ends at its goal.
    public var terminatesAtGoal = false
    /// The weight of the control cost.
    public var controlCost = 0.05
    /// Whether the scaled action is clipped before the control cost is computed.
    public var clipsAction = false
    /// Whether missing the goal is paid for, as in the published code of the swimmer.
    public var paysForMissing = false
    /// How the simulator solves for contact and limit forces.
    public var solver = Solver.mujoco
    /// The states of a tabular process.
    public var states = 5
    /// The actions of a tabular process.
    public var actions = 3
    /// The number of tabular processes, each as likely a task as the other.
    public var processes = 1
    /// The least reward of a tabular process.
    public var leastReward = 0.0
    /// The greatest reward of a tabular process.
    public var greatestReward = 1.0
    /// The seed of the tabular processes.
    public var problemSeed = 1
  }

  /// The policy.
  public struct PolicySection: Equatable, Sendable {
    /// The distribution of the actions.
    public var kind = PolicyKind.gaussian
    /// The widths of the hidden layers.
    public var hiddenSizes = [100, 100]
    /// The function behind the hidden layers.
    public var activation = ActivationFunction.relu
    /// The log standard deviation to start from.
    public var logStandardDeviation = 0.0
    /// The least standard deviation.
    public var standardDeviationFloor = 1e-6
    /// The standard deviation of a softmax policy's initial parameters.
    public var initialDeviation = 0.5
  }

  /// The inner steps.
  public struct InnerSection: Equatable, Sendable {
    /// The number of inner steps in training.
    public var steps = 1
    /// The inner step size.
    public var stepSize = 0.1
    /// The episodes of an inner batch.
    public var episodes = 20
    /// How rewards become weights.
    public var surrogate = Surrogate()
  }

  /// A rule that stands for part of the score term.
  public enum ScoreComplement: String, CaseIterable, Sendable {
    /// None.
    case none
    /// Low-variance curvature.
    case lvc
    /// The Hessian of DiCE.
    case dice
    /// The linearised score function.
    case lsf

    /// The rule.
    public var rule: (any JacobianRule)? {
      switch self {
      case .none: nil
      case .lvc: LowVarianceCurvature()
      case .dice: DiCE()
      case .lsf: LinearizedScoreFunction()
      }
    }
  }

  /// The outer step.
  public struct OuterSection: Equatable, Sendable {
    /// The tasks of a meta-batch.
    public var tasks = 20
    /// The episodes of an outer batch.
    public var episodes = 20
    /// The independent chains of inner and outer batches of each task.
    public var chains = 1
    /// The kind of step.
    public var optimizer = OuterStepKind.gradientAscent
    /// The outer step size, at the start.
    public var stepSize = 0.001
    /// The epochs after which the outer step size has halved; 0 keeps it.
    public var decayTime = 0.0
    /// How many times the earlier gradients' root mean square norm a gradient may have, for Adam; 0 for any.
    public var clipping = 0.0
    /// How rewards become weights.
    public var surrogate = Surrogate()
    /// What the score is multiplied by.
    public var scoreCoefficient = ScoreCoefficient.meanReturn
    /// The weight of the score term; with less than 1, that part of the bias is taken away.
    public var scoreWeight = 1.0
    /// What stands for the part of the score term that its weight leaves out.
    public var scoreComplement = ScoreComplement.none
    /// The greatest number of inner trajectories that a jackknife leaves out in turn.
    public var leftOut = 1_000_000

    /// The decay time as an ``SGMRL/Adam`` wants it.
    var decayTimeOrInfinity: Double { decayTime == 0 ? .infinity : decayTime }
    /// The clipping likewise; only Adam clips.
    var clippingOrInfinity: Double {
      optimizer == .adam && clipping > 0 ? clipping : .infinity
    }
  }

  /// The length of training.
  public struct TrainingSection: Equatable, Sendable {
    /// The number of meta-epochs.
    public var epochs = 500
    /// The epochs from one checkpoint to the next.
    public var checkpointInterval = 10
    /// The rows that a block of a recording aims at.
    public var blockRows = 400
  }

  /// The test on fresh tasks.
  public struct TestSection: Equatable, Sendable {
    /// The number of tasks.
    public var tasks = 40
    /// The greatest number of adaptation steps.
    public var steps = 3
  }

  /// The distributions of tasks that can be configured.
  public enum EnvironmentName: String, CaseIterable, Sendable {
    /// `Navigation2D`
    case navigation2D = "navigation-2d"
    /// `HalfCheetahDirection`
    case halfCheetahDirection = "half-cheetah-direction"
    /// `HalfCheetahVelocity`
    case halfCheetahVelocity = "half-cheetah-velocity"
    /// `SwimmerVelocity`
    case swimmerVelocity = "swimmer-velocity"
    /// `SwimmerDirection`
    case swimmerDirection = "swimmer-direction"
    /// `TabularTasks` of random processes
    case tabular

    /// Whether its bodies are simulated.
    public var isLocomotion: Bool { self != .navigation2D && self != .tabular }
  }

  /// When the iteration for contact and limit forces ends.
  public enum Solver: String, CaseIterable, Sendable {
    /// Where MuJoCo's default stops.
    case mujoco
    /// At the minimiser.
    case exact

    /// The simulator's setting.
    public var setting: ConstraintSolver { self == .exact ? .exact : .mujoco }
  }

  /// The policies that can be configured.
  public enum PolicyKind: String, CaseIterable, Sendable {
    /// `GaussianNetworkPolicy`
    case gaussian = "gaussian-network"
    /// `FullCovarianceGaussianPolicy`
    case fullCovariance = "full-covariance-gaussian-network"
    /// `CategoricalNetworkPolicy`
    case categorical = "categorical-network"
    /// `SoftmaxPolicy`
    case softmax

    /// Whether its actions are finitely many.
    public var isDiscrete: Bool { self == .categorical || self == .softmax }
  }
}

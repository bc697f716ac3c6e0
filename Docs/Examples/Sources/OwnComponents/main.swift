import MetaTape
import MetaTapeCommand

// The whole program: every subcommand of metatape, with four more components.
let preset = Preset("cart", "The four components of this example") {
  $0.tasks = CartTasks()
  $0.horizon = 20
  $0.policy = LinearPolicyOptions()
  $0.estimator = DecayedCurvatureOptions()
  $0.outer.step = MomentumOptions()
  $0.inner.stepSize = 0.5
  $0.inner.surrogate = Surrogate(signal: .advantages, isNormalized: true, average: .samples)
  $0.outer.surrogate = $0.inner.surrogate
  $0.training.epochs = 20
}

// snippet: main
MetaTapeCommand.main(
  catalog: .standard
    + [CartTasks(), LinearPolicyOptions(), DecayedCurvatureOptions(), MomentumOptions()]
    + [preset])
// end snippet

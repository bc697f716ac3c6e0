extension ConvergenceReport {
  /// The tables that the command prints.
  public var text: String {
    var lines: [String] = []
    lines.append(
      """
      \(problem): norm of the exact gradient at the start \
      \(Console.significant(initialGradientNorm)), \(seeds) seeds from \(seed)

      Where each estimator's exact mean leads:

      """)
    lines.append(
      Console.table(
        ["estimator", "norm of ∇V (floor)", "V", "norm of the mean"],
        floors.map {
          [
            $0.estimator, Console.scientific($0.gradientNorm), Console.number($0.objective, 6),
            Console.scientific($0.residual) + ($0.converged ? "" : " (not converged)"),
          ]
        }))
    lines.append("\nTraining; what remains of the norm of ∇V over the last half of the steps:\n")
    lines.append(
      Console.table(
        ["regime", "estimator", "B", "D_o", "step size", "steps", "trajectories", "remains"],
        runs.map {
          [
            $0.regime, $0.estimator, "\($0.tasks)", "\($0.outerEpisodes)", "\($0.stepSize)",
            "\($0.epochs)", Console.count($0.trajectories), Console.scientific($0.remainder),
          ]
        }))
    lines.append(
      """

      SG-MRL's variance at its stationary point is (between + within/D_o)/B with between \
      \(Console.significant(varianceBetween)), within \(Console.significant(varianceWithin)).

      """)
    lines.append(
      Console.table(
        ["n", "B = 1, D_o = n", "B = n, D_o = 1", "over B·D_o, as printed"],
        sizes.map {
          [
            "\($0.size)", Console.scientific($0.varianceOverOuterEpisodes),
            Console.scientific($0.varianceOverTasks), Console.scientific($0.printedClaim),
          ]
        }))
    lines.append("\nTrained from there at one step size:\n")
    lines.append(
      Console.table(
        ["B", "D_o", "variance", "over B·D_o, as printed", "remains"],
        pairs.map {
          [
            "\($0.tasks)", "\($0.outerEpisodes)", Console.scientific($0.variance),
            Console.scientific($0.printedClaim), Console.scientific($0.remainder),
          ]
        }))
    lines.append("")
    return lines.joined(separator: "\n")
  }
}

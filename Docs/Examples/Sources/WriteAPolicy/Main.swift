import Foundation
import MetaTape

@main
struct Main {
  static func main() async throws {
    let navigation = Navigation()
    let parameters = try await navigation.train(epochs: 100) { record in
      guard record.epoch % 20 == 19 else { return }
      let (before, after) = (record.before.undiscounted, record.after.undiscounted)
      print(String(format: "epoch %d: return %.2f → %.2f", record.epoch + 1, before, after))
    }

    let test = try await navigation.test(parameters)
    for steps in 0...test.steps {
      let mean = test.undiscounted(after: steps).mean
      print(String(format: "fresh tasks, inner steps %d: return %.2f", steps, mean))
    }
    let still = Estimate(test.tasks.compactMap(navigation.tasks.standingStillReward)).mean
    print(
      String(format: "fresh tasks, standing still: %.2f", still * Double(navigation.tasks.horizon)))

    for estimator in [navigation.settings.estimator, .maml] {
      let certificate = try await navigation.certify(estimator, at: parameters, chains: 4000)
      let z = certificate.projections.map { String(format: "%.2f", $0.z) }
      let critical = String(format: "%.2f", certificate.plan.criticalValue)
      print(
        "\(estimator.name): \(certificate.showsNoBias ? "no bias" : "biased"),",
        "z = \(z.joined(separator: ", ")), critical value \(critical)")
    }
  }
}

import Files
import Foundation
import Testing

@testable import Runs

@Suite struct CheckpointTests {
  /// A state with moments and memory after two epochs.
  func checkpoint(_ experiment: Experiment) async throws -> Checkpoint {
    let trainer = experiment.makeTrainer(threads: 1)
    for _ in 0..<2 { _ = try await trainer.runEpoch() }
    return Checkpoint(await trainer.state)
  }

  func expectRefusal(_ url: URL, _ experiment: Experiment, _ part: String) {
    let error = #expect(throws: SafeTensors.FormatError.self) {
      try Checkpoint(contentsOf: url, of: experiment)
    }
    let text = error?.description ?? ""
    #expect(text.contains(part) && text.contains(url.lastPathComponent), "\(text) lacks \(part)")
  }

  @Test(arguments: [Estimator.sgMRLControlVariate.name, Estimator.sgMRL.name])
  func whatIsWrittenIsReadToTheBit(estimator: String) async throws {
    try await TabularRun.withFolder { folder in
      let experiment = try Experiment(
        TabularRun.configuration(try #require(Estimator.preset(estimator))))
      let checkpoint = try await checkpoint(experiment)
      let moment = checkpoint.state.outerStep["first-moment"]
      #expect(moment?.count == experiment.policy.layout.count)
      let url = folder.appendingPathComponent("state.safetensors")
      try checkpoint.encoded(for: experiment).write(to: url)
      #expect(try Checkpoint(contentsOf: url, of: experiment) == checkpoint)
      // and wherever parameters are read
      #expect(
        try SafeTensors.read(url, experiment.policy.layout) == checkpoint.state.parameters)
    }
  }

  /// Two epochs with another program's names; its numbers are those of this program up to kernels.
  @Test func filesOfVersion1AreRead() async throws {
    var configuration = try TabularRun.configuration()
    try configuration.set(all: ["environment.states=2", "training.checkpoint-interval=1"])
    let experiment = try Experiment(configuration)
    let url = try #require(
      Bundle.module.url(
        forResource: "checkpoint-version-1", withExtension: "safetensors",
        subdirectory: "Fixtures"))
    let old = try Checkpoint(contentsOf: url, of: experiment)
    let new = try await checkpoint(experiment).state
    #expect(old.blasCore == "Haswell" && old.state.epoch == 2)
    #expect(relativeError(old.state.parameters, new.parameters) < 1e-10)
    for (a, b) in [
      (old.state.outerStep, new.outerStep), (old.state.baselineMemory, new.baselineMemory),
    ] {
      #expect(a.entries.map(\.name) == b.entries.map(\.name))
      #expect(a.entries.map(\.shape) == b.entries.map(\.shape))
      for (x, y) in zip(a.entries, b.entries) {
        #expect(relativeError(x.elements, y.elements) < 1e-8, "\(x.name)")
      }
    }
    // a run resumes from it
    let trainer = experiment.makeTrainer(threads: 1)
    try await trainer.restore(old.state)
    #expect(try await trainer.runEpoch().epoch == 2)
  }

  @Test func everyFlippedByteAndEveryTruncationIsRefused() async throws {
    try await TabularRun.withFolder { folder in
      let experiment = try Experiment(TabularRun.configuration(.sgMRL))
      let data = try await checkpoint(experiment).encoded(for: experiment)
      let url = folder.appendingPathComponent("state.safetensors")
      for position in data.indices {
        for damaged in [flipped(data, position), data.prefix(position)] {
          try damaged.write(to: url)
          #expect(throws: SafeTensors.FormatError.self, "byte \(position)") {
            try Checkpoint(contentsOf: url, of: experiment)
          }
        }
      }
    }
  }

  func flipped(_ data: Data, _ position: Int) -> Data {
    var data = data
    // in letters of hexadecimal digits this changes the case alone
    data[position] ^= 0x20
    return data
  }

  @Test func foreignFilesAreRefusedWithTheReason() async throws {
    try await TabularRun.withFolder { folder in
      let experiment = try Experiment(TabularRun.configuration())
      let checkpoint = try await checkpoint(experiment)
      let url = folder.appendingPathComponent("state.safetensors")
      let data = try checkpoint.encoded(for: experiment)
      try data.write(to: url)
      for assignment in ["seed=2", "inner.step-size=0.5", "environment.states=6", "name=other"] {
        var configuration = experiment.configuration
        try configuration.set(assignment)
        expectRefusal(url, try Experiment(configuration), "another configuration")
      }
      // a longer run may go on from it
      for assignment in [
        "training.epochs=99", "training.checkpoint-interval=7", "test.tasks=9", "test.steps=0",
      ] {
        var configuration = experiment.configuration
        try configuration.set(assignment)
        #expect(try Checkpoint(contentsOf: url, of: Experiment(configuration)) == checkpoint)
      }
      var other = data
      let place = try #require(other.range(of: Data("\"schema_version\":\"2\"".utf8)))
      other.replaceSubrange(place, with: Data("\"schema_version\":\"9\"".utf8))
      try other.write(to: url)
      expectRefusal(url, experiment, "version 9")
      try SafeTensors.encode(checkpoint.state.parameters, experiment.policy.layout).write(to: url)
      expectRefusal(url, experiment, "not a checkpoint")
      try Data().write(to: url)
      expectRefusal(url, experiment, "0 bytes")
      try FileManager.default.removeItem(at: url)
      expectRefusal(url, experiment, "cannot be read")
    }
  }

  /// Summaries of finished runs are known by their fingerprints: a new key must not change them.
  @Test func keysThatChangeNothingDoNotChangeTheFingerprint() throws {
    let preset = "half-cheetah-direction.published-code"
    var configuration = try #require(Catalog.standard.configuration(preset: preset))
    try configuration.set("estimator=maml")
    configuration.seed = 1
    #expect(configuration.fingerprint == "440f4cdfeed1ce33")
    try configuration.set("outer.decay-time=0")
    #expect(configuration.fingerprint == "440f4cdfeed1ce33")
    try configuration.set("outer.decay-time=50")
    #expect(configuration.fingerprint != "440f4cdfeed1ce33")
    try configuration.set("outer.decay-time=0")
    try configuration.set("outer.clipping=3")
    #expect(configuration.fingerprint != "440f4cdfeed1ce33")
    try configuration.set("outer.clipping=0")
    try configuration.set("estimator=sg-mrl")
    #expect(configuration.fingerprint == "853faadc15246d36")
    // nothing is left out for it to stand for
    try configuration.set("outer.score-complement=lvc")
    #expect(configuration.fingerprint == "853faadc15246d36")
    try configuration.set("outer.score-weight=0.5")
    let mixed = configuration.fingerprint
    try configuration.set("outer.score-complement=none")
    #expect(Set([configuration.fingerprint, mixed, "853faadc15246d36"]).count == 3)
  }

  @Test func fingerprintIsThatOfItsSource() {
    // from the authors' table of test vectors
    var fingerprint = Fingerprint()
    #expect(fingerprint.text == "cbf29ce484222325")
    fingerprint.add("foobar".utf8)
    #expect(fingerprint.text == "85944171f73967e8")
  }
}

import Runs
import Testing

/// The files of enumerated batches, which hold numbers and integers.
@Suite struct EnumeratedBatchesFormatTests {
  @Test func whatIsWrittenIsReadToTheBit() async throws {
    for problem in try ProbeProblem.suite().map(\.problem) {
      let batches = try await EnumeratedBatches(problem)
      let table = batches.table
      let document = try SafeTensors.Document(try batches.safeTensors(), name: "file")
      let (numbers, integers) = try document.arraysAndIntegers()
      func integer(_ name: String) throws -> IntegerArray {
        try #require(integers.first { $0.name == name }, "\(name)")
      }
      #expect(numbers["features"] == table.features.flatMap { $0.flatMap(\.self) })
      #expect(numbers["rewards"] == table.rewards.flatMap(\.self))
      #expect(numbers["probabilities"] == batches.probabilities)
      #expect(numbers["adapted"] == batches.adapted.flatMap(\.self))
      #expect(numbers["gradient"] == batches.gradient)
      #expect(numbers["mean_step_gradient"] == batches.meanStepGradient)
      let chains = try integer("chains")
      #expect(chains.shape == [batches.chains.count, table.innerSteps, table.innerBatch])
      #expect(chains.elements == batches.chains.flatMap { $0.flatMap(\.self) })
      #expect(try integer("outer").elements == batches.outer.flatMap(\.self))
      #expect(try integer("states").elements == table.states.flatMap(\.self))
      #expect(try integer("actions").shape == [table.lengths.count, table.steps])
      #expect(try integer("lengths").elements == table.lengths)
      #expect(try integer("tasks").elements == table.tasks)
      #expect(document.metadata["name"] == problem.name)
      #expect(document.metadata["stepSize"].flatMap { Double($0) } == table.stepSize)
      #expect(document.metadata["discount"].flatMap { Double($0) } == table.discount)
      #expect(document.metadata["formatVersion"] == "1")
      // checkpoints have no integers
      #expect(throws: SafeTensors.FormatError.self) { try document.arrays() }
    }
  }
}

import Findings
import Foundation
import Testing

@Suite struct StudyReportTests {
  /// A study whose interval has no ends and whose gradient is not told from zero.
  private func study(version: Int) -> String {
    """
    {"machine":{"blas":"OpenBLAS","blas_core":"Zen","processor":"x","processor_count":2,\
    "schema_version":1,"system":"Linux"},"name":"a","reference":"sg-mrl","schema_version":\(version),\
    "seed":3,"studies":[{"accuracy":0.1,"gradient_norm":{"high":null,"low":null,"value":0.5},\
    "is_exact":false,"learning_meta_batches":0,"meta_batches":3,"rows":[{"declared_unbiased":true,\
    "estimator":"sg-mrl","seconds_per_estimate":0.1,"shows_bias":false,\
    "squared_bias":{"high":"inf","low":-1,"value":0.25},"variance":{"high":2,"low":1,"value":1.5},\
    "variance_ratio":{"high":1,"low":1,"value":1}}],"seconds":1,"tasks":2}],"threads":1}
    """
  }

  /// Documents of both versions, from before estimators had weights, are read.
  @Test(arguments: [1, 2]) func olderDocumentsAreRead(version: Int) throws {
    let report = try StudyReport(json: Data(study(version: version).utf8))
    #expect(report.schemaVersion == version)
    let outcome = try #require(report.studies.first)
    #expect(outcome.scoreWeight == nil && outcome.gradientNorm.range == nil)
    #expect(outcome.rows[0].squaredBias.range == -1 ... .infinity)
    #expect(outcome.rows[0].relativeBias == nil && outcome.rows[0].ascent == nil)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let report = try StudyReport(json: Data(study(version: 2).utf8))
    let text = String(decoding: try report.json(), as: UTF8.self)
    #expect(text.filter { !$0.isWhitespace } == study(version: 2))
  }

  @Test func aTableHasALineForEachEstimator() throws {
    let lines = try StudyReport(json: Data(study(version: 2).utf8)).csv.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("sweep,value,estimator,variance,variance_low"))
    #expect(lines[1].hasPrefix(",,sg-mrl,1.5,1.0,2.0,1.0,"))
  }

  @Test(arguments: ["{}", "", "{\"schema_version\": 2}"])
  func whatIsNoStudyIsRefused(text: String) {
    #expect(throws: DecodingError.self) { try StudyReport(json: Data(text.utf8)) }
  }
}

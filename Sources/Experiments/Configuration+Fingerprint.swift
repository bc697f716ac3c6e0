import Files

extension Configuration {
  /// A fingerprint of all values that affect the course of training.
  ///
  /// The lengths of training and test are left out, so a run may be extended and resumed. Values
  /// without effect are left out too, so the fingerprints of older runs stay valid when a key is
  /// added.
  package var fingerprint: String {
    var fingerprint = Fingerprint()
    for field in fields where field.decidesTraining && !field.isNeutral(self) {
      fingerprint.add("\(field.key): \(field.text(self) ?? "")\n".utf8)
    }
    return fingerprint.text
  }
}

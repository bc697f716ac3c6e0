import LinearAlgebra
import MessagePassing

extension Communicator {
  /// Takes the same kernels of OpenBLAS in all processes, because results differ between kernels.
  ///
  /// All processes call it, before their first use of BLAS. The first process's choice is taken if
  /// all can have it, else the best for the first process that all can have. Where a user's
  /// `OPENBLAS_CORETYPE` or an earlier use of BLAS has decided, there is no other choice.
  ///
  /// - Parameter kernels: what to take if all have it, such as a checkpoint's; the first process says.
  /// - Returns: A warning for the user if processes cannot agree.
  /// - Throws: `CommunicationError` if they cannot talk.
  public func agreeOnKernels(
    preferring kernels: String? = nil
  ) throws(CommunicationError) -> String? {
    var mine = BLAS.adoptable
    if let kernels, let place = mine.firstIndex(of: kernels) {
      mine.insert(mine.remove(at: place), at: 0)
    }
    var message = MessageWriter()
    message.write(mine)
    var offers: [[String]] = []
    for bytes in try gather(message.bytes) {
      var reader = MessageReader(bytes)
      offers.append(try reader.read())
    }
    BLAS.adopt(commonKernels(of: offers) ?? mine[0])
    // a process may have refused them after its check
    message = MessageWriter()
    message.write(BLAS.coreName)
    var names: [String] = []
    for bytes in try gather(message.bytes) {
      var reader = MessageReader(bytes)
      names.append(try reader.read())
    }
    guard let different = names.firstIndex(where: { $0 != names[0] }) else { return nil }
    return
      "Process 0 has OpenBLAS's kernels for \(names[0]), process \(different) those for \(names[different]): results will not agree to the bit with those of one process. Set OPENBLAS_CORETYPE to kernels that all have."
  }
}

/// The kernels that all processes can take.
///
/// - Parameter offers: what each process can take, the best first.
/// - Returns: The first of the first process's that all have; nil if there are none.
func commonKernels(of offers: [[String]]) -> String? {
  offers.first?.first { kernels in offers.allSatisfy { $0.contains(kernels) } }
}

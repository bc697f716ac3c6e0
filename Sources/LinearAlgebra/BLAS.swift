internal import COpenBLAS

/// Information about the BLAS of this process.
public enum BLAS {
  /// The name of the processor family whose kernels OpenBLAS uses.
  ///
  /// Rounding differs between families. To resume with bit-identical results, a run needs the same
  /// one.
  public static var coreName: String { selection.kernels }

  /// The version and build options of OpenBLAS, and the kernels in use.
  public static let configuration: String = {
    prepare()
    // OpenBLAS writes it anew at every call, always into the same memory
    return String(cString: openblas_get_config())
  }()

  /// The number of threads that OpenBLAS would use by itself: 1.
  public static var threadCount: Int {
    prepare()
    return Int(openblas_get_num_threads())
  }

  /// Whether OpenBLAS multiplies small matrices without copies of them: its kernels for AVX-512 do.
  @usableFromInline static let hasKernelsForSmallProducts =
    KernelFamily.all.first { $0.name == coreName }?.generation == .avx512

  /// Called before every use: selects the right kernels and makes OpenBLAS run in the calling
  /// thread, because the package runs tasks in parallel instead.
  @inline(__always)
  static func prepare() { _ = isPrepared }

  private static let isPrepared: Void = { _ = selection }()
}

/// Which MetaTape this is.
public enum Release {
  /// The version, as `metatape --version` prints it and runs and reports record it.
  public static let version = "0.1.0"
}

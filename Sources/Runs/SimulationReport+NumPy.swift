import Foundation

extension SimulationReport {
  /// The arrays `qpos`, `qvel` and `ctrl`, of shape `[steps, environments, k]`, as an archive of NumPy.
  public func npz(environments: Int) -> Data {
    let arrays = ["qpos", "qvel", "ctrl"].map { name in
      let values = values(name)
      return (
        name,
        NumPyArchive.Entry(
          shape: [rows.count / environments, environments, values.first?.count ?? 0],
          elements: values.flatMap(\.self))
      )
    }
    return NumPyArchive.encode(
      arrays + [("schema_version", NumPyArchive.Entry(shape: [1], elements: [1]))])
  }
}

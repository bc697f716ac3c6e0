/// A place and an orientation in space.
struct MJCFPose {
  var position = SIMD3<Double>.zero
  var orientation = MJCFOrientation()

  /// A vector of this frame in the outer one.
  func turned(_ vector: SIMD3<Double>) -> SIMD3<Double> {
    orientation.x * vector.x + orientation.y * vector.y + orientation.z * vector.z
  }

  /// A point of this frame in the outer one.
  func placed(_ point: SIMD3<Double>) -> SIMD3<Double> { position + turned(point) }

  /// A pose in this frame, in the outer one.
  func placed(_ pose: MJCFPose) -> MJCFPose {
    MJCFPose(
      position: placed(pose.position), orientation: orientation.times(pose.orientation))
  }
}

extension MJCFPose {
  /// The `pos` and the orientation of a body or frame.
  init(_ element: MJCFElement, options: MJCFOptions) throws(MJCFError) {
    let attributes = MJCFAttributes(element)
    position = try attributes.vector3("pos")
    orientation = try MJCFOrientation(attributes, options: options)
  }
}

/// A part of a body: an element and the `<frame>` elements around it.
struct MJCFPart {
  var element: MJCFElement
  /// The frame of the element's coordinates in that of the body.
  var frame: MJCFPose
  var childClass: String?

  private static let frameAttributes: [String: MJCFValue] = [
    "name": .text, "childclass": .text, "pos": .numbers(3...3), "quat": .numbers(4...4),
    "axisangle": .numbers(4...4), "xyaxes": .numbers(6...6), "zaxis": .numbers(3...3),
    "euler": .numbers(3...3),
  ]

  /// The parts of a body in the order of the file; those of its frames stand in their place.
  ///
  /// A part inherits the class of the innermost frame that has one, else that of the body.
  static func all(
    of body: MJCFElement, childClass: String?, options: MJCFOptions
  ) throws(MJCFError) -> [MJCFPart] {
    var result: [MJCFPart] = []
    try add(body, MJCFPose(), childClass, options, to: &result)
    return result
  }

  private static func add(
    _ parent: MJCFElement, _ frame: MJCFPose, _ childClass: String?, _ options: MJCFOptions,
    to result: inout [MJCFPart]
  ) throws(MJCFError) {
    for element in parent.children {
      guard element.tag == "frame" else {
        result.append(MJCFPart(element: element, frame: frame, childClass: childClass))
        continue
      }
      try element.requireAttributes(used: frameAttributes)
      let inner = try MJCFPose(element, options: options)
      try add(
        element, frame.placed(inner), element.attributes["childclass"] ?? childClass, options,
        to: &result)
    }
  }
}

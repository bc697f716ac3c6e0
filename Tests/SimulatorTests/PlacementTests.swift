import Foundation
import Testing

@testable import Simulator

@Suite struct PlacementTests {
  @Test func theAuthoredPoseIsThatOfTheFile() {
    let torso = PlanarModel.halfCheetah.placedGeoms(at: [Double](repeating: 0, count: 9))[0]
    #expect(Set(torso.ends) == [SIMD2(0.5, 0.7), SIMD2(-0.5, 0.7)])
    #expect(torso.touches == [false, false])
    // positive pitch turns the nose down
    var qpos = [Double](repeating: 0, count: 9)
    qpos[2] = .pi / 2
    let turned = PlanarModel.halfCheetah.placedGeoms(at: qpos)[0]
    let nose = turned.ends[torso.ends[0].x > 0 ? 0 : 1]
    #expect(abs(nose.x) < 1e-15 && abs(nose.y - 0.2) < 1e-15)
    // seen from above, positive is from x to y
    let links = PlanarModel.swimmer.placedGeoms(at: [1, 2, .pi / 2, 0, 0])
    #expect(links.count == 3 && links.allSatisfy { $0.touches == [false, false] })
    #expect(links[0].ends.allSatisfy { abs($0.x - 1) < 1e-15 && $0.y > 2.4 })
  }
}

import Foundation
import Testing

@testable import Simulator

@Suite struct PlacementTests {
  /// Where MuJoCo finds contacts, the caps of the placed capsules reach into the ground as deep.
  @Test func contactsAreWhereMuJoCoFindsThem() throws {
    let golden = GoldenDirectory(path: fixtures, model: try CompiledModel(.halfCheetah))
    var count = 0
    for state in try golden.states() {
      let placed = PlanarModel.halfCheetah.placedGeoms(at: state.qpos)
      let depths = placed.flatMap { geom in
        geom.ends.map { (x: $0.x, depth: $0.y - geom.radius) }
      }.filter { $0.depth < 0 }
      #expect(depths.count == state.contacts.count)
      #expect(placed.flatMap(\.touches).count { $0 } == depths.count)
      for contact in state.contacts {
        let nearest = depths.map { hypot($0.x - contact.pos[0], $0.depth / 2 - contact.pos[2]) }
        #expect((nearest.min() ?? 1) < 1e-12)
        count += 1
      }
    }
    #expect(count > 50)
  }

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

import MetaTape

/// A heated room that should stay at 20 °C on a day of unknown weather.
///
/// | action | meaning | bounds |
/// |---|---|---|
/// | 0 | heating power, in kelvin per step | clipped to 0...3 |
///
/// | observation | meaning | unit |
/// |---|---|---|
/// | 0 | temperature above 20 °C | 10 K |
///
/// - Dynamics: `T' = T + 0.1 (outside - T) + power`, with noise of 0.1 K.
/// - Reward: `-((T' - 20) / 10)²`
/// - Start: Gaussian about 15 °C with standard deviation 1 K.
/// - Episode end: when the room freezes, at or below 0 °C; truncated at the horizon.
/// - Task: the outside temperature in °C, uniform in -10...10.
/// - Version history: 1, first version.
public struct Room: SingleEnvironment {
  private var outside = 0.0
  private var temperature = 0.0

  public init() {}

  public mutating func reset(
    task: TaskParameters, using stream: inout RandomStream
  ) -> [Double] {
    outside = task[0]
    temperature = 15 + stream.normal()
    return observation
  }

  public mutating func step(
    _ action: [Double], using stream: inout RandomStream
  ) -> Transition {
    let power = min(max(action[0], 0), 3)
    temperature += 0.1 * (outside - temperature) + power + 0.1 * stream.normal()
    let miss = (temperature - 20) / 10
    return Transition(
      observation: observation, reward: -miss * miss, terminated: temperature <= 0)
  }

  private var observation: [Double] { [(temperature - 20) / 10] }
}

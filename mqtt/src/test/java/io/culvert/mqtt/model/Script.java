package io.culvert.mqtt.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A random session.
 *
 * @param seed that it was made from
 */
public record Script(long seed, List<Step> steps) {
  public Script {
    steps = List.copyOf(steps);
  }

  /** The same without the steps from {@code from} to {@code to}. */
  public Script without(int from, int to) {
    List<Step> rest = new ArrayList<>(steps.subList(0, from));
    rest.addAll(steps.subList(to, steps.size()));
    return new Script(seed, rest);
  }
}

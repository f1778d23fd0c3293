package io.culvert.runtime.bus;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the settings say of one bridge, whatever it leads from and to. Everything that is wrong is
 * collected.
 */
public final class BridgeSection {
  private static final int OUTSTANDING = 64;

  private final Configuration section;
  private final List<Problem> problems;

  private BridgeSection(Configuration section, List<Problem> problems) {
    this.section = section;
    this.problems = problems;
  }

  /**
   * All bridges of a configuration, each with a name of its own.
   *
   * @param root key of their list
   * @param problems takes everything that is wrong
   */
  public static List<BridgeSection> of(
      Configuration configuration, String root, List<Problem> problems) {
    List<BridgeSection> bridges = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Configuration section : configuration.sections(root)) {
      BridgeSection bridge = new BridgeSection(section, problems);
      String name = bridge.needed("name");
      if (!name.matches("[A-Za-z0-9-]{0,64}")) {
        bridge.refuse(
            "name", "has other characters than letters, digits, hyphens, or more than 64");
      } else if (!name.isEmpty() && !names.add(name)) {
        bridge.refuse("name", "is the name of another bridge, too");
      }
      bridges.add(bridge);
    }
    return bridges;
  }

  public String name() {
    return optional("name");
  }

  /** Where it leads to, if that is this address. */
  public BridgeTarget to(String address) {
    return new BridgeTarget(address, optional("delivery").equals("publish"));
  }

  public int maximumOutstanding() {
    return integer("max-outstanding", OUTSTANDING);
  }

  public boolean has(String key) {
    return section.isPresent(key);
  }

  /** A text; empty, which is a problem, where there is none. */
  public String needed(String key) {
    String value = optional(key);
    if (value.isEmpty()) {
      refuse(key, "is needed");
    }
    return value;
  }

  /** A text, or an empty one. */
  public String optional(String key) {
    return has(key) ? section.text(key) : "";
  }

  public int integer(String key, int otherwise) {
    return has(key) ? section.integer(key) : otherwise;
  }

  /**
   * A value that must not be there.
   *
   * @param where it would have a meaning
   */
  public void meaningless(String key, String where) {
    if (has(key)) {
      refuse(key, "has a meaning only with " + where);
    }
  }

  /** Adds what is wrong with a value. */
  public void refuse(String key, String message) {
    problems.add(section.problem(key, message));
  }
}

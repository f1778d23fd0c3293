package io.culvert.conformance.table;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.culvert.mqtt.wire.Statement.Side;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A test that says what it proves.
 *
 * @param source its file, from the project's folder
 * @param tries how often a property is tried; 1 for other tests
 */
record NamedTest(JavaClass type, String method, String source, int tries)
    implements Comparable<NamedTest> {
  private static final List<String> CLIENT =
      List.of("io.culvert.mqtt.client", "io.culvert.client", "io.culvert.conformance.client");
  private static final List<String> SERVER =
      List.of("io.culvert.mqtt.server", "io.culvert.broker", "io.culvert.conformance");

  /** As pages show it. */
  String label() {
    return type.getSimpleName() + "#" + method;
  }

  /**
   * Whose obedience it proves: that of the side whose machine it tests, or of both where it tests
   * what they share.
   */
  Set<Side> sides() {
    String name = type.getPackageName();
    if (CLIENT.stream().anyMatch(name::startsWith)) {
      return EnumSet.of(Side.CLIENT);
    } else if (SERVER.stream().anyMatch(name::startsWith)) {
      return EnumSet.of(Side.SERVER);
    }
    return EnumSet.of(Side.CLIENT, Side.SERVER);
  }

  /** What came of it, in its class and, where that is a contract, in all classes that sign it. */
  Outcome outcome(Reports reports) {
    return Stream.concat(Stream.of(type), type.getAllSubclasses().stream())
        .filter(each -> !each.getModifiers().contains(JavaModifier.ABSTRACT))
        .map(each -> reports.of(each.getName(), method))
        .reduce(Outcome.NONE, Outcome::plus);
  }

  /** How many cases it has. */
  int cases(Reports reports) {
    return outcome(reports).cases() * tries;
  }

  @Override
  public int compareTo(NamedTest other) {
    return Arrays.compare(
        new String[] {type.getName(), method}, new String[] {other.type.getName(), other.method});
  }
}

package io.culvert.engine.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a JVM beside that of the tests. */
public final class JavaCommand {
  private JavaCommand() {}

  /** The program that runs the tests. */
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /**
   * A program that is on the class path of the tests.
   *
   * @param jvm options of the virtual machine
   */
  public static List<String> of(List<String> jvm, String mainClass, String... arguments) {
    return of(java(), jvm, mainClass, arguments);
  }

  /** The same with another Java. */
  public static List<String> of(
      Path java, List<String> jvm, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.add("-XX:+UseSerialGC"); // small programs, next to others
    command.addAll(jvm);
    command.addAll(List.of("-cp", classPath(), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}

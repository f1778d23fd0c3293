package io.culvert.launcher;

import java.io.PrintStream;

/** Where the command talks. Results go to {@code out}, everything about them to {@code err}. */
record Console(PrintStream out, PrintStream err) {
  /** One text that says what is wrong and what to do. */
  void fail(String message) {
    err.println("culvert: " + message);
    err.flush();
  }
}

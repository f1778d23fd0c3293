package io.culvert.launcher;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import picocli.CommandLine;

/**
 * Where the command talks.
 *
 * @param out results
 * @param err everything about them
 * @param colour whether {@code out} is a terminal that shows colour
 * @param graphics whether {@code out} can show more than ASCII
 */
record Console(PrintStream out, PrintStream err, boolean colour, boolean graphics) {
  static Console ofProcess() {
    return new Console(
        System.out, System.err, CommandLine.Help.Ansi.AUTO.enabled(), canEncode("█░°·…"));
  }

  /** Newer JDKs know the encoding of stdout, older ones that of the system. */
  private static boolean canEncode(String text) {
    String encoding =
        System.getProperty("stdout.encoding", System.getProperty("native.encoding", "US-ASCII"));
    try {
      return Charset.forName(encoding).newEncoder().canEncode(text);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return false;
    }
  }

  /** Writes what is in the buffer; false where that cannot be: see {@link #closed}. */
  boolean hasTaken() {
    return !out.checkError();
  }

  /** What to say then. */
  static String closed(String what) {
    return "stdout takes no more: it is closed, or its disk is full. " + what;
  }

  /** One text that says what is wrong and what to do. */
  void fail(String message) {
    err.println("culvert: " + message);
    err.flush();
  }
}

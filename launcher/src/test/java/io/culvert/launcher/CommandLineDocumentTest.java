package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code docs/command-line.md} names every command, and every option of the clients. */
class CommandLineDocumentTest {
  @Test
  void nothingIsLeftOut() throws Exception {
    String page = Files.readString(Path.of("../docs/command-line.md"));
    var commands = Commands.create().getSubcommands();
    for (String name : commands.keySet()) {
      if (!name.equals("version")) {
        assertThat(page).contains("culvert " + name);
      }
    }
    for (String name : new String[] {"pub", "sub", "bench"}) {
      CommandLine command = commands.get(name);
      for (OptionSpec option : command.getCommandSpec().options()) {
        for (String each : option.names()) {
          assertThat(page).as(name).containsPattern("[` ]" + each + "[`\\]]");
        }
      }
    }
  }
}

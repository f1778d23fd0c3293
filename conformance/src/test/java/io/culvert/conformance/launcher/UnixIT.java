package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.Programs;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code auth.unix-users}: the kernel says whose a process at a Unix domain socket is. */
class UnixIT {
  private static final int NOT_AUTHORIZED_5 = 0x87;

  @TempDir Path folder;

  @BeforeEach
  void requirePrograms() throws Exception {
    Programs.require("mosquitto_pub");
    Files.writeString(folder.resolve("acl"), "pattern write of/%u\n");
  }

  @Test
  void processIsTheUserOfItsIdWithoutAPassword() throws Exception {
    try (JarProcess culvert = run(ownId())) {
      Path socket = socket(culvert);
      assertThat(pub(socket, "of/ann")).isEqualTo(new MosquittoClient(0, ""));
      assertThat(pub(socket, "of/bob").text()).contains("Not authorized");
      assertThat(culvert.signal("TERM")).isZero();
    }
  }

  @Test
  void processOfAnotherIdIsNotLetIn() throws Exception {
    try (JarProcess culvert = run(ownId() + 1)) {
      assertThat(pub(socket(culvert), "of/ann").exitCode()).isEqualTo(NOT_AUTHORIZED_5);
      assertThat(culvert.signal("TERM")).isZero();
    }
  }

  private JarProcess run(int id) throws Exception {
    Files.writeString(
        folder.resolve("culvert.yaml"),
        """
        mqtt: {listeners: [{type: unix, socket: culvert.sock}]}
        auth: {unix-users: [%d=ann], acl-file: acl}
        """
            .formatted(id));
    return JarProcess.culvert(folder, "run", "--ephemeral");
  }

  private static Path socket(JarProcess culvert) throws Exception {
    return Path.of(URI.create(culvert.firstLine().split(" ")[1]).getPath());
  }

  private MosquittoClient pub(Path socket, String topic) throws Exception {
    return MosquittoClient.publish(
        folder, "--unix", socket.toString(), "-V", "mqttv5", "-t", topic);
  }

  /** Of the process that runs the tests, and so of those that it starts. */
  private int ownId() throws Exception {
    return (int) Files.getAttribute(folder, "unix:uid");
  }
}

package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.FreePort;
import io.culvert.tcp.Reply;
import io.culvert.tcp.TcpClient;
import io.culvert.tcp.TcpClientOptions;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The TCP message service in processes of its own, by Culvert's launcher and by that of Vert.x. */
class TcpIT {
  /** Two nodes that join take long on a busy machine. */
  private static final int LIMIT_SECONDS = 90;

  private static final String VERTICLE = "io.culvert.tcp.TcpVerticle";
  private static final String CONFIGURATION = "{\"tcp\": {\"port\": 0, \"anonymous\": true}}";

  private final Vertx vertx = Vertx.vertx();

  @TempDir Path folder;

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void plainVertxLauncherDeploysTheVerticle() throws Exception {
    try (JarProcess service = VertxLauncher.start(folder, VERTICLE, CONFIGURATION)) {
      TcpClient client = connect(service);
      assertThat(text(client.request(publish("x")))).isEqualTo("0");
    }
  }

  @Test
  void applicationOfAnotherNodeOfTheClusterUsesIt() throws Exception {
    int port = FreePort.find();
    try (JarProcess service =
        VertxLauncher.startInCluster(folder, VERTICLE, CONFIGURATION, "tcp", port, port)) {
      TcpClient client = connect(service);
      client
          .handlers()
          .on(
              MessageType.REQUEST_URI,
              "state",
              (message, server) ->
                  Reply.later(
                      server
                          .send(message.reply(MessageType.RESPOND_URI, "on"))
                          .map(sent -> Reply.none())));
      await(client.subscribe("news"));
      try (JarProcess application =
          JarProcess.java(
              folder,
              TcpBusNode.class.getName(),
              "tcp",
              String.valueOf(port),
              String.valueOf(FreePort.find()))) {
        assertThat(await(client.receiveOnce()).orElseThrow().uri().toUtf8()).isEqualTo("state");
        assertThat(application.lineWith("answered")).isEqualTo("answered on");
        assertThat(application.lineWith("notified")).isEqualTo("notified 1");
        assertThat(await(client.receiveOnce()).orElseThrow().content().toUtf8())
            .isEqualTo("from another node");
        assertThat(text(client.request(publish("from a peer")))).isEqualTo("2");
        assertThat(application.lineWith("heard")).isEqualTo("heard from a peer");
      }
    }
  }

  @Test
  void exampleServerAndClientTalkToEachOther() throws Exception {
    String secret = "a secret for trials";
    try (JarProcess demo =
        JarProcess.culvert(folder, "tcp", "demo", "--port", "0", "--secret", secret)) {
      String port = String.valueOf(demo.readyPort());
      try (JarProcess request =
          JarProcess.culvert(
              folder,
              "tcp",
              "request",
              "--port",
              port,
              "--secret",
              secret,
              "request",
              "echo",
              "hello")) {
        assertThat(request.exitCode()).isZero();
        assertThat(request.out()).isEqualTo("hello\n");
      }
      assertThat(demo.signal("TERM")).isZero();
    }
  }

  private TcpClient connect(JarProcess service) throws Exception {
    String line = service.lineWith("listens on tcp://");
    String uri = line.substring(line.indexOf("tcp://"), line.indexOf(',', line.indexOf("tcp://")));
    TcpClient client = TcpClient.create(vertx, new TcpClientOptions());
    await(client.connect("127.0.0.1", URI.create(uri).getPort()));
    return client;
  }

  private static Message publish(String content) {
    return Message.of(MessageType.PUBLISH_URI, "news", content);
  }

  private static String text(Future<Message> answer) throws Exception {
    return await(answer).content().toUtf8();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}

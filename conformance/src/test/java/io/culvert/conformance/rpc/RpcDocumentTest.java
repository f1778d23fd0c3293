package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.client.InProcessBroker;
import io.culvert.rpc.BlockingRpcClient;
import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.Device;
import io.culvert.rpc.Reply;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.RpcHandler;
import io.culvert.rpc.RpcRequestOptions;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/rpc.md are compiled here, and do what the page says. */
class RpcDocumentTest {
  private static final Path PAGE = Path.of("../docs/rpc.md");
  private static final Path THIS =
      Path.of("src/test/java/io/culvert/conformance/rpc/RpcDocumentTest.java");

  @Test
  void everyExampleIsHere() throws Exception {
    String source = bare(Files.readString(THIS));
    Matcher examples = Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(PAGE));
    List<String> found = new ArrayList<>();
    while (examples.find()) {
      found.add(examples.group(1));
      for (String statement : bare(examples.group(1)).split(";")) {
        assertThat(source).contains(statement);
      }
    }
    assertThat(found).hasSize(5);
  }

  @Test
  void theyWork() throws Exception {
    try (InProcessBroker broker = InProcessBroker.start()) {
      BrokerConnection here = BrokerConnection.of("127.0.0.1", broker.port(0));
      Vertx vertx = Vertx.vertx();
      await(device(vertx, here));
      assertThat(await(asking(vertx, here)).body()).isEqualTo(List.of(0, 1, 2, 3, 4));
      blocking(here);
      await(vertx.close());
    }
  }

  private static Future<RpcClient> device(Vertx vertx, BrokerConnection localhost) {
    Device device = new Device();
    List<Object> gains = new ArrayList<>(List.of(0, 1, 2, 3, 4));
    device
        .resource("gains")
        .get(request -> Reply.content(gains))
        .put(
            request -> {
              gains.clear();
              gains.addAll(request.bodyList(Integer.class)); // anything else is answered with 400
              return Reply.changed();
            });
    return RpcClient.create(vertx, localhost, RpcClientOptions.of("2D_XX_0_9999"))
        .serve(device)
        .connect()
        .onSuccess(client -> System.out.println("serves as " + client.tag()));
  }

  private static Future<Payload.Response> asking(Vertx vertx, BrokerConnection localhost) {
    RpcClient client = RpcClient.create(vertx, localhost, RpcClientOptions.of("my-program"));
    client.onIncomingResponse(
        RpcHandler.of((topic, payload) -> Future.succeededFuture(payload))
            .forCodes(404)
            .withRaiseExceptions(false)); // 404 is a result like any other
    return client
        .connect()
        .compose(connected -> client.request("2D_XX_0_9999", "axuv", "gains", Method.GET))
        .onSuccess(answer -> System.out.println(answer.responseCode() + " " + answer.body()))
        .onFailure(failure -> System.err.println(failure.getMessage()))
        .onSuccess(answer -> observing(client));
  }

  private static void observing(RpcClient client) {
    client
        .observe(
            "2D_XX_0_9999",
            "axuv",
            "gains",
            RpcRequestOptions.DEFAULT,
            state -> System.out.println(state.body()))
        .onSuccess(observed -> observed.ended().onComplete(ended -> System.out.println("no more")));
  }

  private static void blocking(BrokerConnection localhost) {
    try (BlockingRpcClient client =
        BlockingRpcClient.create(localhost, RpcClientOptions.of("my-program")).connect()) {
      System.out.println(client.request("2D_XX_0_9999", "axuv", "gains", Method.GET).body());
    }
  }

  /** The page names the host in the words of a user. */
  private static String bare(String code) {
    return code.replaceAll("//[^\n]*", "")
        .replaceAll("\\s", "")
        .replace("BrokerConnection.of(\"localhost\")", "localhost");
  }
}

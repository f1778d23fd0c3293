package io.culvert.conformance.rpc;

import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.Device;
import io.culvert.rpc.Reply;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreException;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A device whose work can be counted: each POST of a number writes a line with it to a file.
 * Arguments: port of the broker, tag, folder. Its answers are in a store there, the file is {@code
 * done}. Says {@code ready} on stdout, and runs until it is killed.
 */
public final class DeviceProgram {
  private DeviceProgram() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws StoreException {
    Path folder = Path.of(arguments[2]);
    Path done = folder.resolve("done");
    Device device = new Device();
    device
        .resource("work/{number}")
        .post(
            request -> {
              write(done, request.parameter("number"));
              return Reply.changed();
            });
    Store store =
        RocksStore.open(folder.resolve("answers"), StoreOptions.defaults(), StoreLog.SILENT);
    RpcClient.create(
            Vertx.vertx(),
            BrokerConnection.of("127.0.0.1", Integer.parseInt(arguments[0])),
            RpcClientOptions.of(arguments[1]))
        .serve(device, store)
        .connect()
        .onSuccess(connected -> System.out.println("ready"))
        .onFailure(
            failure -> {
              System.out.println("failed " + failure);
              System.exit(1);
            });
  }

  /** In the file before the answer is given: what was written survives the process. */
  private static void write(Path file, String number) {
    try {
      Files.writeString(
          file,
          number + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

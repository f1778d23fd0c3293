package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.auth.AuthStep;
import io.culvert.mqtt.auth.ScramClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** SCRAM-SHA-256, its key derivation on a worker thread. */
final class ScramAuthentication implements MqttAuthentication {
  private final SecureRandom random = new SecureRandom();
  private final String userName;
  private final String password;

  ScramAuthentication(String userName, String password) {
    this.userName = userName;
    this.password = password;
    ScramClient.create(userName, password, random::nextLong); // refuses what cannot be prepared
  }

  @Override
  public String method() {
    return "SCRAM-SHA-256";
  }

  @Override
  public Exchange begin(Vertx vertx) {
    ScramClient scram = ScramClient.create(userName, password, random::nextLong);
    return new Exchange() {
      @Override
      public Buffer first() {
        return Buffer.buffer(scram.first().toByteArray());
      }

      @Override
      public Future<Buffer> answer(@Nullable Buffer data) {
        return receive(data)
            .compose(
                step ->
                    step instanceof AuthStep.Continue next
                        ? Future.succeededFuture(Buffer.buffer(next.data().toByteArray()))
                        : Future.failedFuture(failure(step)));
      }

      @Override
      public Future<Void> accepted(@Nullable Buffer data) {
        return receive(data)
            .compose(
                step ->
                    step instanceof AuthStep.Accepted
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure(step)));
      }

      private Future<AuthStep> receive(@Nullable Buffer data) {
        Bytes bytes = data == null ? null : Bytes.wrap(data.getBytes());
        return vertx.executeBlocking(() -> scram.receive(bytes), /* ordered= */ false);
      }
    };
  }

  private static MqttClientException failure(AuthStep step) {
    return MqttClientException.of(
        MqttClientFailure.AUTHENTICATION_FAILED,
        "SCRAM-SHA-256: "
            + (step instanceof AuthStep.Rejected rejected
                ? rejected.reason()
                : "the server has ended the exchange too early"));
  }
}

package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that is kept until its device is there.
 *
 * @param call its timeout is that of each attempt
 * @param expirySeconds after which it ends without having been done, 1…2 592 000
 * @param address where each change of its state is published, or null
 */
public record RpcSubmission(RpcCall call, long expirySeconds, @Nullable String address) {
  /** A day. */
  public static final long DEFAULT_EXPIRY_SECONDS = 86_400;

  /** Thirty days. */
  public static final long LONGEST_EXPIRY_SECONDS = 2_592_000;

  private static final Set<String> FIELDS = fields();

  /** For a day, and nobody is told. */
  public static RpcSubmission of(RpcCall call) {
    return new RpcSubmission(call, DEFAULT_EXPIRY_SECONDS, null);
  }

  public RpcSubmission withExpirySeconds(long seconds) {
    return new RpcSubmission(call, seconds, address);
  }

  public RpcSubmission withAddress(String value) {
    return new RpcSubmission(call, expirySeconds, value);
  }

  /**
   * From the body of a request.
   *
   * @throws ReplyException naming the field that is wrong
   */
  public static RpcSubmission fromJson(@Nullable Object body) {
    JsonFields fields = JsonFields.of(body, FIELDS);
    return new RpcSubmission(
        RpcCall.from(fields, fields.text("target")),
        fields.number("expirySeconds", 1, LONGEST_EXPIRY_SECONDS, DEFAULT_EXPIRY_SECONDS),
        fields.optionalText("address"));
  }

  public JsonObject toJson() {
    JsonObject json = call.toJson().put("expirySeconds", expirySeconds);
    return address == null ? json : json.put("address", address);
  }

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(RpcCall.FIELDS);
    fields.add("expirySeconds");
    fields.add("address");
    return Set.copyOf(fields);
  }
}

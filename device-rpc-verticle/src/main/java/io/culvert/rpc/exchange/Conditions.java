package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import org.jspecify.annotations.Nullable;

/** Whether a request may change a resource in the state that it is in. RFC 7252 §5.10.8. */
final class Conditions {
  private Conditions() {}

  static boolean isConditional(RpcOptions asked) {
    return asked.ifNoneMatch() || !asked.ifMatch().isEmpty();
  }

  /**
   * Why it may not, or null.
   *
   * @param current null when there is no such resource
   */
  static @Nullable Answer refusal(RpcOptions asked, @Nullable ETag current) {
    if (asked.ifNoneMatch() && current != null) {
      return Answer.failure(ResponseCode.PRECONDITION_FAILED, "the resource is there already")
          .withEtag(current);
    } else if (asked.ifMatch().isEmpty()) {
      return null;
    } else if (current == null) {
      return Answer.failure(ResponseCode.PRECONDITION_FAILED, "there is no such resource");
    } else if (asked.ifMatch().contains(current) || asked.ifMatch().contains(ETag.ANY)) {
      return null;
    }
    return Answer.failure(
            ResponseCode.PRECONDITION_FAILED, "the resource is in another state: " + current)
        .withEtag(current);
  }
}

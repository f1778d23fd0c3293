package io.culvert.rpc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** States have names: for asking again, and for changing only what one knows. */
class StateTest {
  private final Pair pair = Pair.create();
  private Object state = "first";

  StateTest() {
    pair.device = this::execute;
  }

  private Answer execute(Invocation invocation) {
    switch (invocation.method()) {
      case GET -> {
        return state == null
            ? Answer.failure(ResponseCode.NOT_FOUND, "nothing there")
            : Answer.content(state).withMaxAgeSeconds(10);
      }
      case PUT, POST -> state = invocation.body();
      case DELETE -> state = null;
    }
    return Answer.changed();
  }

  @Test
  void freshAnswerIsGivenAgainWithoutAsking() {
    assertThat(get().body()).isEqualTo("first");
    state = "second";
    Response again = get();
    assertThat(again.body()).isEqualTo("first");
    assertThat(pair.executed).hasSize(1);
    pair.clock.advance(10_000);
    assertThat(get().body()).isEqualTo("second");
  }

  @Test
  void staleAnswerIsAskedForByTheNameOfItsState() {
    get();
    pair.clock.advance(10_000);
    int before = pair.published.size();
    Response again = get();
    assertThat(again.responseCode()).isEqualTo(205);
    assertThat(again.body()).isEqualTo("first");
    assertThat(again.header().options().maxAgeSeconds()).isEqualTo(10);
    Response onTheWire =
        (Response) pair.requester.codec().decode(pair.published.get(before + 1).payload());
    assertThat(onTheWire.responseCode()).isEqualTo(203);
    assertThat(onTheWire.body()).isNull();
    // It is fresh again.
    get();
    assertThat(pair.executed).hasSize(2);
  }

  @Test
  void changeMakesWhatIsKnownWorthless() {
    get();
    call(Method.PUT, "second", RpcOptions.NONE);
    assertThat(get().body()).isEqualTo("second");
  }

  @Test
  void plainRequestsAreNeverAnsweredFromMemory() {
    for (int i = 0; i < 2; i++) {
      RequestId call = pair.call(Call.of(Pair.DEVICE, "axuv", Method.GET, "p", null));
      pair.clock.advance(5);
      assertThat(pair.answered(call).body()).isEqualTo("first");
    }
    assertThat(pair.executed).hasSize(2);
  }

  @Test
  void cacheIsBounded() {
    Pair small =
        new Pair(
            RequesterOptions.of("me").withMaximumCacheBytes(2000),
            ResponderOptions.of(Pair.DEVICE),
            1);
    small.device = this::execute;
    for (int i = 0; i < 20; i++) {
      small.call(getCall("p" + i));
      small.clock.advance(3);
    }
    small.call(getCall("p19"));
    small.call(getCall("p0"));
    small.clock.advance(3);
    assertThat(small.executed).hasSize(21);
  }

  @Test
  void changeIsMadeOnlyInTheStateThatOneKnows() {
    ETag etag = get().header().options().etag();
    assertThat(call(Method.PUT, "mine", RpcOptions.NONE.withIfMatch(List.of(etag))))
        .isInstanceOf(RequesterEvent.Answered.class);
    RequesterEvent.Failed failed =
        (RequesterEvent.Failed)
            call(Method.PUT, "theirs", RpcOptions.NONE.withIfMatch(List.of(etag)));
    assertThat(failed.exception()).isInstanceOf(RpcException.PreconditionFailed.class);
    assertThat(state).isEqualTo("mine");
  }

  @Test
  void somethingIsCreatedOnlyWhereNothingIs() {
    RpcOptions absent = RpcOptions.NONE.withIfNoneMatch(true);
    assertThat(call(Method.PUT, "mine", absent)).isInstanceOf(RequesterEvent.Failed.class);
    assertThat(state).isEqualTo("first");
    state = null;
    assertThat(call(Method.PUT, "mine", absent)).isInstanceOf(RequesterEvent.Answered.class);
    assertThat(state).isEqualTo("mine");
  }

  @Test
  void emptyNameMeansAnyState() {
    RpcOptions there = RpcOptions.NONE.withIfMatch(List.of(ETag.ANY));
    assertThat(call(Method.PUT, "mine", there)).isInstanceOf(RequesterEvent.Answered.class);
    state = null;
    assertThat(call(Method.PUT, "mine", there)).isInstanceOf(RequesterEvent.Failed.class);
  }

  /** Two who know the same state: one wins, whatever the order of what the device does. */
  @Test
  void ofTwoChangesOfOneStateOneIsRefused() {
    ETag etag = get().header().options().etag();
    List<Invocation> open = new ArrayList<>();
    pair.device =
        invocation -> {
          open.add(invocation);
          return null;
        };
    RpcOptions known = RpcOptions.NONE.withIfMatch(List.of(etag));
    RequestId one = pair.call(beyond(Method.PUT, "one", known));
    RequestId two = pair.call(beyond(Method.PUT, "two", known));
    pair.clock.advance(2);
    while (!open.isEmpty()) {
      Invocation invocation = open.remove(open.size() - 1);
      pair.answer(invocation, execute(invocation));
      pair.clock.advance(2);
    }
    assertThat(pair.answered(one).isSuccess()).isTrue();
    assertThat(pair.failed(two)).isInstanceOf(RpcException.PreconditionFailed.class);
    assertThat(state).isEqualTo("one");
  }

  @Test
  void nameOfAStateIsThatOfItsContentUnlessTheDeviceNamesIt() {
    ETag first = get().header().options().etag();
    state = "second";
    pair.clock.advance(10_000);
    assertThat(get().header().options().etag()).isNotEqualTo(first);
    state = "first";
    pair.clock.advance(10_000);
    assertThat(get().header().options().etag()).isEqualTo(first);
    pair.device = invocation -> Answer.content(1).withEtag(ETag.ofVersion(7));
    pair.clock.advance(10_000);
    assertThat(get().header().options().etag()).isEqualTo(ETag.ofVersion(7));
  }

  private Response get() {
    RequestId call = pair.call(getCall("p"));
    pair.clock.advance(5);
    return pair.answered(call);
  }

  private static Call getCall(String path) {
    return Call.of(Pair.DEVICE, "axuv", Method.GET, path, null).withOptions(RpcOptions.NONE);
  }

  private RequesterEvent call(Method method, Object body, RpcOptions options) {
    RequestId call = pair.call(beyond(method, body, options));
    pair.clock.advance(5);
    return pair.ended.get(call);
  }

  private static Call beyond(Method method, Object body, RpcOptions options) {
    return Call.of(Pair.DEVICE, "axuv", method, "p", body).withOptions(options);
  }
}

package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.TopicName;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Whether those who would get a message in other shards keep up. Only their shards know it, and
 * they are asked for each message while memory is scarce: what would have to wait is refused then,
 * wherever it would wait.
 */
final class ReadersElsewhere {
  private final Peers peers;
  private final Map<Long, Question> asked = new HashMap<>();
  private long lastNumber;

  ReadersElsewhere(Peers peers) {
    this.peers = peers;
  }

  /**
   * Asks some shards.
   *
   * @param shards as bits, at least one
   * @param answer told once, when all have answered
   */
  void ask(long shards, TopicName topic, Answer answer) {
    lastNumber++;
    asked.put(lastNumber, new Question(Long.bitCount(shards), answer));
    Bytes frame =
        new FrameWriter(FrameType.KEEP_UP, topic.length() + 16)
            .i64(lastNumber)
            .block(topic.utf8())
            .done();
    for (long left = shards; left != 0; left &= left - 1) {
      peers.send(Long.numberOfTrailingZeros(left), frame);
    }
  }

  /** Answers another shard. */
  void onKeepUp(int peer, FrameReader in, Predicate<TopicName> keepUp) {
    long number = in.i64();
    boolean all = keepUp.test(TopicName.trusted(in.block()));
    peers.send(peer, new FrameWriter(FrameType.KEPT_UP).i64(number).flag(all).done());
  }

  void onKeptUp(FrameReader in, long nowMillis) {
    long number = in.i64();
    Question question = asked.get(number);
    if (question == null) {
      return;
    }
    question.all &= in.flag();
    question.left--;
    if (question.left == 0) {
      asked.remove(number);
      question.answer.accept(question.all, nowMillis);
    }
  }

  /** What comes of a message about which other shards were asked. */
  interface Answer {
    /**
     * All have answered.
     *
     * @param keepUp all whom it goes to there
     */
    void accept(boolean keepUp, long nowMillis);
  }

  private static final class Question {
    private final Answer answer;
    private int left;
    private boolean all = true;

    Question(int left, Answer answer) {
      this.left = left;
      this.answer = answer;
    }
  }
}

package io.culvert.conformance.faults.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What only the whole ledger shows: lost and doubled messages, and their order. */
public final class LedgerCheck {
  private final Ledger ledger;
  private final Collection<List<Receipts>> groups;

  private LedgerCheck(Ledger ledger) {
    this.ledger = ledger;
    Map<String, List<Receipts>> byGroup = new LinkedHashMap<>();
    for (Receipts each : ledger.receipts()) {
      byGroup.computeIfAbsent(each.subscriber().group(), unused -> new ArrayList<>()).add(each);
    }
    this.groups = byGroup.values();
  }

  /** How many messages are still owed to somebody. */
  public static long missing(Ledger ledger) {
    Findings findings = new Findings();
    LedgerCheck check = new LedgerCheck(ledger);
    check.groups.forEach(group -> check.lost(group, check.counts(group), findings));
    return findings.count(Fault.LOST);
  }

  /** Everything that is wrong, when all has been received that comes. */
  public static Findings all(Ledger ledger) {
    Findings findings = new Findings();
    findings.addAll(ledger.findings());
    LedgerCheck check = new LedgerCheck(ledger);
    for (List<Receipts> group : check.groups) {
      int[] counts = check.counts(group);
      check.lost(group, counts, findings);
      group.forEach(member -> check.doubled(member, findings));
      if (!group.get(0).subscriber().isShared()) { // what a member leaves goes to another, late
        check.outOfOrder(group.get(0), findings);
      }
    }
    return findings;
  }

  /** How many QoS 2 messages several members of a group got. */
  public static long dealtTwice(Ledger ledger) {
    long twice = 0;
    for (List<Receipts> group : new LedgerCheck(ledger).groups) {
      for (Message message : ledger.messages()) {
        int qos = Math.min(message.qos(), group.get(0).subscriber().qos());
        long members = group.stream().filter(each -> each.hasReceived(message)).count();
        twice += qos == 2 && members > 1 ? 1 : 0;
      }
    }
    return twice;
  }

  /** How often each message was delivered to a group. */
  private int[] counts(List<Receipts> group) {
    int[] counts = new int[ledger.messages().size()];
    for (Receipts each : group) {
      for (int i = 0; i < each.deliveries().size(); i++) {
        counts[each.deliveries().get(i)]++;
      }
    }
    return counts;
  }

  private void lost(List<Receipts> group, int[] counts, Findings findings) {
    Map<String, Boolean> matches = new HashMap<>();
    Subscriber subscriber = group.get(0).subscriber();
    for (Message message : ledger.messages()) {
      long at = ledger.acknowledgedAt(message);
      if (counts[message.number()] == 0
          && at != Receipts.NEVER
          && message.sizeBytes() > 0
          && message.qos() > 0
          && matches.computeIfAbsent(message.topic(), subscriber::matches)
          && group.stream().anyMatch(each -> each.isOwed(message, at))) {
        findings.add(Fault.LOST, subscriber.group(), message.number() + " " + message);
      }
    }
  }

  /** In one session; what two members of a group get is counted by {@link #dealtTwice}. */
  private void doubled(Receipts receipts, Findings findings) {
    int[] counts = counts(List.of(receipts));
    Subscriber subscriber = receipts.subscriber();
    for (Message message : ledger.messages()) {
      if (counts[message.number()] > 1 && Math.min(message.qos(), subscriber.qos()) == 2) {
        findings.add(
            Fault.DOUBLED,
            subscriber.name(),
            message.number() + " " + message + ", " + counts[message.number()] + " times");
      }
    }
  }

  private void outOfOrder(Receipts receipts, Findings findings) {
    Map<String, Message> last = new HashMap<>();
    boolean[] seen = new boolean[ledger.messages().size()];
    for (int i = 0; i < receipts.deliveries().size(); i++) {
      Message message = ledger.messages().get(receipts.deliveries().get(i));
      if (!seen[message.number()]) {
        seen[message.number()] = true;
        String flow = message.publisher() + ' ' + message.topic() + ' ' + message.qos();
        Message before = last.get(flow);
        if (before != null && before.sequence() > message.sequence()) {
          findings.add(
              Fault.OUT_OF_ORDER, receipts.subscriber().name(), message + " after " + before);
        } else {
          last.put(flow, message);
        }
      }
    }
  }
}

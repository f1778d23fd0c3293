"""The report says what the rounds say: medians, ratios, goals, and every fault."""
import unittest
import xml.etree.ElementTree as tree

from harness import figures, products, report, settings
from harness.plan import Plan
from harness.scenarios import ALL, BY_CODE, chosen
from harness.session import Session

FACTS = {'type': 'facts', 'date': 'D', 'cores': 2, 'cpu': 'C', 'memory_gb': 4, 'kernel': 'K', 'open_files': 20000, 'commit': 'abc',
         'options': {'quick': False, 'rounds': 3, 'scenarios': [], 'brokers': []}, 'jdk': 'J', 'java_flags': ['-Xss1m'], 'culvert': 'v',
         'culvert_args': ['run'], 'mosquitto': 'm', 'mosquitto_conf': 'listener', 'left_out': {}}
END = {'type': 'end', 'complete': True}


def load(broker, number, cpu, p99=1000.0, code='p1', faults=None):
    return {'type': 'round', 'scenario': code, 'broker': broker, 'round': number, 'size': 1, 'load': 1.0,
            'result': {'cpu_s_per_million': cpu, 'p50_us': 500.0, 'p99_us': p99, 'msgs_per_s': 1000, 'faults': faults or {}}}


def rounds(code='p1', **by_broker):
    return [load(broker, n + 1, v, code=code) for broker, values in by_broker.items() for n, v in enumerate(values)]


def page(records, remarks=None, facts=None):
    return report.render([{**FACTS, **(facts or {})}, *records, END], remarks or {})['performance.md']


def only_row(records):
    return figures.rows(records)[0]


class Figures(unittest.TestCase):
    def test_ratio_is_that_of_the_rounds_pair_by_pair(self):
        ratio = only_row(rounds(culvert=[2, 9, 4], mosquitto=[20, 30, 10])).ratios['culvert', 'mosquitto']
        self.assertEqual((ratio.mid, ratio.low, ratio.high), (9 / 30, 2 / 20, 4 / 10))

    def test_ratio_is_that_of_the_medians_where_no_pair_is_left(self):
        ratio = only_row([load('culvert', 1, 3), load('mosquitto', 2, 30)]).ratios['culvert', 'mosquitto']
        self.assertEqual((ratio.mid, ratio.low, ratio.high), (3 / 30, 3 / 30, 3 / 30))

    def test_warm_up_does_not_count(self):
        row = only_row([load('culvert', 0, 99), *rounds(culvert=[2, 3, 4], mosquitto=[20, 30, 40])])
        self.assertEqual(row.metric('culvert', 'cpu_s_per_million').high, 4)

    def test_goal_is_inclusive(self):
        self.assertTrue(only_row(rounds(culvert=[1], mosquitto=[8])).reached())
        self.assertFalse(only_row(rounds(culvert=[1.01], mosquitto=[8])).reached())

    def test_each_peer_has_its_own_goal_and_none_may_be_cheaper(self):
        self.assertTrue(only_row(rounds(culvert=[1], hivemq=[6], moquette=[1])).reached())
        self.assertFalse(only_row(rounds(culvert=[1.01], hivemq=[6])).reached())
        self.assertFalse(only_row(rounds(culvert=[1.01], moquette=[1])).reached())

    def test_two_shards_need_only_not_be_dearer(self):
        self.assertTrue(only_row(rounds(culvert2=[8], mosquitto=[8])).reached())
        self.assertFalse(only_row(rounds(culvert2=[8.1], mosquitto=[8])).reached())

    def test_connect_storm_has_only_the_goal_that_it_names(self):
        self.assertTrue(only_row(rounds('cs', culvert=[15], mosquitto=[10], moquette=[1])).reached())
        self.assertFalse(only_row(rounds('cs', culvert=[15.1], mosquitto=[10])).reached())

    def test_latency_goal_counts_where_it_is_set(self):
        slow = [load('culvert', 1, 5, p99=2000, code='p0r'), load('hivemq', 1, 10, p99=1000, code='p0r')]
        self.assertFalse(only_row(slow).reached())
        self.assertTrue(only_row(rounds('p0r', culvert=[5], hivemq=[10])).reached())

    def tails(self, slower, faster):
        """Rounds in pairs, in some of which the peer's p99 is lower, and by far."""
        own, peer = [900] * (slower + faster), [100] * slower + [1000] * faster
        return [*(load('culvert', n + 1, 5, p99=v, code='p0r') for n, v in enumerate(own)),
                *(load('hivemq', n + 1, 10, p99=v, code='p0r') for n, v in enumerate(peer))]

    def test_latency_of_a_peer_is_lower_only_if_chance_does_not_explain_it(self):
        self.assertTrue(only_row(self.tails(14, 6)).reached())
        self.assertFalse(only_row(self.tails(15, 5)).reached())
        self.assertFalse(only_row(self.tails(5, 0)).reached())
        self.assertIn('HiveMQ CE\'s lower in 15 of 20 rounds', only_row(self.tails(15, 5)).verdicts[1].found)

    def test_page_names_who_is_even(self):
        self.assertIn('- p0r: p99 0.90 ms to 0.10 ms, HiveMQ CE\'s lower in 12 of 20 rounds', page(self.tails(12, 8)))
        self.assertNotIn('Nobody is ahead', page(self.tails(5, 15)))
        self.assertNotIn('Nobody is ahead', page(self.tails(15, 5)))

    def test_latency_is_that_of_the_medians_where_rounds_are_few(self):
        self.assertFalse(only_row(self.tails(3, 1)).reached())

    def test_first_version_may_be_exceeded_by_fifteen_per_cent(self):
        self.assertTrue(only_row(rounds(culvert=[1.15], first=[1.0])).reached())
        self.assertFalse(only_row(rounds(culvert=[1.16], first=[1.0])).reached())

    def test_fault_of_culvert_spoils_a_reached_goal(self):
        spoilt = [load('culvert', 1, 1, faults={'lost': 1}), load('culvert', 2, 1), load('mosquitto', 2, 20)]
        self.assertFalse(only_row(spoilt).reached())

    def test_fault_of_a_peer_is_told_but_its_round_has_no_figure(self):
        row = only_row([*rounds(culvert=[1]), load('hivemq', 1, 0.5, faults={'lost': 1}), load('hivemq', 2, 30)])
        self.assertTrue(row.reached())
        self.assertEqual(row.metric('hivemq', 'cpu_s_per_million').mid, 30)
        self.assertEqual(len(row.faults), 1)

    def test_one_broker_alone_has_no_ratio_and_no_verdict(self):
        row = only_row(rounds(mosquitto=[20]))
        self.assertEqual(row.ratios, {})
        self.assertIsNone(row.reached())

    def test_latency_under_retained_messages_may_double(self):
        def fed(growth):
            return {'type': 'round', 'scenario': 'rtp0', 'broker': 'culvert', 'round': 1, 'size': 1, 'load': 1.0,
                    'result': {'p99_growth': growth, 'p99_us': 1, 'max_us': 1, 'faults': {}}}
        self.assertTrue(only_row([fed(2.0)]).reached())
        self.assertFalse(only_row([fed(2.01)]).reached())


class Durable(unittest.TestCase):
    def of(self, code, broker='always', **figures):
        return {'type': 'round', 'scenario': code, 'broker': broker, 'round': 1, 'size': 1, 'load': 1.0,
                'result': {'cpu_s_per_million': 1.0, 'p50_us': 1.0, 'p99_us': 1.0, 'ack_p50_us': 1.0, 'ack_p99_us': 1.0, 'msgs_per_s': 1, 'faults': {}, **figures}}

    def test_rate_and_latencies_are_those_of_always(self):
        self.assertTrue(only_row([self.of('d1', msgs_per_s=15000), self.of('d1', 'interval', msgs_per_s=1)]).reached())
        self.assertFalse(only_row([self.of('d1', msgs_per_s=14999), self.of('d1', 'interval', msgs_per_s=99999)]).reached())
        self.assertTrue(only_row([self.of('d1h', p99_us=19_999, ack_p99_us=19_999)]).reached())
        self.assertFalse(only_row([self.of('d1h', p99_us=20_000)]).reached())
        self.assertFalse(only_row([self.of('d1h', ack_p99_us=20_000)]).reached())

    def test_clean_sessions_may_cost_a_twentieth_more(self):
        self.assertTrue(only_row([self.of('c1', cpu_s_per_million=1.05), self.of('c1', 'culvert')]).reached())
        self.assertFalse(only_row([self.of('c1', cpu_s_per_million=1.06), self.of('c1', 'culvert')]).reached())

    def test_faults_of_any_durable_culvert_spoil_a_goal(self):
        spoilt = self.of('d1', 'never', faults={'lost': 1})
        self.assertFalse(only_row([self.of('d1', msgs_per_s=20000), spoilt]).reached())

    def test_page_has_the_figures_and_what_they_promise(self):
        text = page([self.of('d1', msgs_per_s=14000, ack_p99_us=7000.0), self.of('d1', 'mosquitto', cpu_s_per_million=30.0),
                     self.of('d1o', stored_per_s=12300)])
        self.assertIn('| d1 | 1.00 | 30.00 | **no** |', text)
        self.assertIn('| d1o | 12 300 | – | – |', text)
        self.assertIn('| d1 | 0.00 / 7.00 | 0.00 / 0.00 | **no** |', text)
        self.assertIn('without `fsync` before PUBACK', text)
        self.assertIn('| d1 | deliveries per second (always) ≥ 15 000 | 14 000 | not yet explained |', text)

    def test_brokers_are_those_of_the_setup(self):
        self.assertEqual(BY_CODE['d1'].setup(), 'durable')
        self.assertEqual(BY_CODE['p1'].setup(), '')
        self.assertEqual(BY_CODE['p1t'].setup(), 'tls')
        self.assertFalse(BY_CODE['p1'].takes('always'))
        self.assertFalse(BY_CODE['d1'].takes('moquette'))

    def test_settings_say_what_is_kept(self):
        self.assertIn('store.sync=never', settings.culvert_durable_args('D', 'never'))
        self.assertNotIn('--ephemeral', settings.culvert_durable_args('D', 'never'))
        self.assertIn('--ephemeral', settings.culvert_durable_args('D'))
        self.assertIn('persistence true\npersistence_location D/\n', settings.mosquitto_conf(1, 'D'))
        self.assertIn('persistence false', settings.mosquitto_conf(1))
        self.assertIn('<mode>file</mode>', settings.hivemq_conf(1, True))


class Report(unittest.TestCase):
    def test_missed_goal_is_listed_with_its_remark(self):
        text = page(rounds(culvert=[10, 11, 12], mosquitto=[20, 21, 22]), {'p1': 'because of this'})
        self.assertIn('not all reached in p1', text)
        self.assertIn('| p1 | CPU to Mosquitto ≤ 1/8 | 0.524 | because of this |', text)

    def test_missed_goal_without_remark_is_called_unexplained(self):
        self.assertIn('not yet explained', page(rounds(culvert=[10], mosquitto=[20])))

    def test_reached_goals_leave_no_table(self):
        self.assertIn('Every goal that was measured is reached.', page(rounds(culvert=[1], mosquitto=[20])))

    def test_first_version_is_shown_where_it_ran(self):
        self.assertIn('**1.500** (1.500–1.500) ≤ 1.15', page(rounds(culvert=[1.5], mosquitto=[20], first=[1.0])))
        self.assertNotIn("≤ 1.15", page(rounds(culvert=[1.5], mosquitto=[20])))

    def test_first_version_takes_part_only_in_what_it_was_measured_in(self):
        self.assertTrue(BY_CODE['p1'].takes('first'))
        self.assertFalse(BY_CODE['sh1'].takes('first'))

    def test_every_fault_is_in_the_page_even_of_a_warm_up(self):
        text = page([load('mosquitto', 0, 20, faults={'dup': 3}), *rounds(culvert=[1], mosquitto=[20])])
        self.assertIn('| p1 | Mosquitto | warm-up | dup 3 |', text)
        self.assertIn('1 rounds had faults, 0 of them Culvert', text)

    def test_stopped_run_says_so(self):
        text = report.render([FACTS, *rounds(culvert=[1], mosquitto=[20])], {})['performance.md']
        self.assertIn('The run is not complete', text)

    def test_only_a_complete_run_of_everything_is_whole(self):
        def run(complete=True, **options):
            all_of_it = {'quick': False, 'scenarios': list(BY_CODE), 'brokers': list(products.NAMES), **options}
            return report.is_whole([{**FACTS, 'options': all_of_it}, {'type': 'end', 'complete': complete}])
        self.assertTrue(run())
        self.assertTrue(run(brokers=['culvert', 'mosquitto', 'hivemq', 'moquette', 'always', 'interval', 'never']))
        self.assertFalse(run(brokers=['culvert', 'mosquitto', 'hivemq']))
        self.assertFalse(run(complete=False))
        self.assertFalse(run(quick=True))
        self.assertFalse(run(scenarios=['p0']))
        self.assertFalse(run(scenarios=[code for code in BY_CODE if not BY_CODE[code].tls]))

    def test_what_is_left_out_is_named_with_its_reason(self):
        self.assertIn('HiveMQ CE is left out: no network', page(rounds(culvert=[1]), facts={'left_out': {'hivemq': 'no network'}}))
        self.assertIn('TLS is left out: no openssl', page(rounds(culvert=[1]), facts={'left_out': {'tls': 'no openssl'}}))

    def test_empty_cell_says_why(self):
        text = page([*rounds('p1v5', culvert=[1], mosquitto=[20]), *rounds('p1', moquette=[40])])
        self.assertIn('| no MQTT 5 |', text)

    def test_busy_machine_is_named(self):
        self.assertNotIn('Other work', page(rounds(culvert=[1], mosquitto=[20])))
        busy = rounds(culvert=[1], mosquitto=[20])
        busy[0]['load'] = 5.5
        self.assertIn('load average up to 5.5', page(busy))

    def test_chart_is_well_formed_and_has_a_mark_for_each_broker(self):
        files = report.render([FACTS, *rounds(culvert=[1], mosquitto=[20], hivemq=[30]), *rounds('fo0', culvert=[1], moquette=[2]), END], {})
        root = tree.fromstring(files['performance.svg'])
        marks = [e for e in root if e.get('class') in products.NAMES]
        self.assertEqual(len(marks), 5 + 4)     # and one each in the legend

    def test_absolute_goals_of_memory_and_start(self):
        start = {'type': 'round', 'scenario': 'start', 'broker': 'culvert', 'round': 1, 'size': 1, 'load': 1.0,
                 'result': {'ready_s': 2.5, 'idle_rss_mb': 100.0, 'faults': {}}}
        text = page([start])
        self.assertIn('| time to ready, s | 2.50 | < 2.00 s | **no** |', text)
        self.assertIn('| idle RSS, MB | 100 | < 150 MB | yes |', text)


class Sizes(unittest.TestCase):
    def test_round_is_sized_by_cpu_and_bounded_by_time(self):
        plan = Plan(5, 60, False)
        p0 = BY_CODE['p0']
        self.assertEqual(plan.size(p0, {'cpu_s_per_million': 10, 'msgs_per_s': 1e6}, 2.0, 1), 200000 // 50)
        self.assertEqual(plan.size(p0, {'cpu_s_per_million': 10, 'msgs_per_s': 1000}, 2.0, 1), round(1000 * plan.wall_s / 50))
        self.assertEqual(plan.size(p0, {}, 2.0, 77), 77)

    def test_goals_for_p99_have_more_and_shorter_rounds(self):
        plan = Plan(5, 60, False)
        self.assertEqual([plan.timed_rounds(BY_CODE[code]) for code in ('p1', 'p1r', 'p0w1', 'd1', 'c1')], [5, 20, 20, 3, 5])
        self.assertEqual([plan.paced(BY_CODE[code]) for code in ('p1r', 'd1h')], [200, 187])

    def test_codes_are_unique_and_groups_known(self):
        self.assertEqual(len({s.code for s in ALL}), len(ALL))
        self.assertEqual(chosen('rtp, p0,xx'), ['rtp0', 'rtp1', 'p0', 'xx'])
        self.assertEqual(products.parse('Culvert,culvert×2,culvertx2'), ['culvert', 'culvert2', 'culvert2'])


class WarmUp(unittest.TestCase):
    """Runs until a run is hardly cheaper than the best before, and hardly anything is compiled."""

    def runs(self, name, costs, faults=(), compiled=0):
        class Nothing:
            def write(self, text): pass
            def flush(self): pass
        session = Session([name], None, Plan(5, 60, False), Nothing())
        session.note = lambda text: None
        done = []

        def action():
            cost = costs[min(len(done), len(costs) - 1)]
            done.append(cost)
            return {'cpu_s_per_million': cost, 'msgs_per_s': 1, 'p50_us': 1, 'p99_us': 1, 'broker_cpu_s': 1, 'wall_s': 1,
                    'compiler_cpu_s': 0.1 if len(done) <= compiled else 0.01,
                    'faults': {'lost': 1} if len(done) - 1 in faults else {}}
        return session.steady(BY_CODE['p1'], name, 1, action), done

    def test_ends_when_it_gets_hardly_cheaper(self):
        result, done = self.runs('hivemq', [90, 40, 30, 29, 10])
        self.assertEqual(done, [90, 40, 30, 29])
        self.assertEqual(result['cpu_s_per_million'], 29)

    def test_ends_at_the_limit(self):
        self.assertEqual(len(self.runs('hivemq', [2.0 ** -n for n in range(20)])[1]), 10)
        self.assertEqual(len(self.runs('culvert', [1], compiled=20)[1]), 10)

    def test_goes_on_while_code_is_compiled(self):
        self.assertEqual(self.runs('culvert', [90, 40, 30, 29, 29, 28], compiled=5)[1], [90, 40, 30, 29, 29, 28])

    def test_peer_that_always_fails_is_given_up(self):
        result, done = self.runs('moquette', [1], faults=range(9))
        self.assertIsNone(result)
        self.assertEqual(len(done), 2)

    def test_culvert_is_never_given_up(self):
        self.assertIsNotNone(self.runs('culvert', [1], faults=range(9))[0])


if __name__ == '__main__':
    unittest.main()

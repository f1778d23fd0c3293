"""The report says what the rounds say: medians, ratios, goals, and every fault."""
import unittest
import xml.etree.ElementTree as tree

from harness import figures, report
from harness.scenarios import ALL
from harness.session import Plan
from harness.scenarios import BY_CODE

FACTS = {'type': 'facts', 'date': 'D', 'cores': 2, 'cpu': 'C', 'memory_gb': 4, 'kernel': 'K', 'open_files': 20000, 'commit': 'abc',
         'options': {'quick': False, 'rounds': 3, 'scenarios': [], 'brokers': []}, 'jdk': 'J', 'java_flags': ['-Xss1m'], 'culvert': 'v',
         'culvert_args': ['run'], 'mosquitto': 'm', 'mosquitto_conf': 'listener'}
END = {'type': 'end', 'complete': True, 'faults': []}


def load(broker, number, cpu, p99=1000.0, code='p1', faults=None):
    return {'type': 'round', 'scenario': code, 'broker': broker, 'round': number, 'size': 1, 'load': 1.0,
            'result': {'cpu_s_per_million': cpu, 'p50_us': 500.0, 'p99_us': p99, 'msgs_per_s': 1000, 'faults': faults or {}}}


def three(ours, theirs, **more):
    return [load('culvert', n + 1, v, **more) for n, v in enumerate(ours)] + [load('mosquitto', n + 1, v, **more) for n, v in enumerate(theirs)]


def page(records, remarks=None):
    return report.render([FACTS, *records, END], remarks or {})['performance.md']


class Figures(unittest.TestCase):
    def test_ratio_is_that_of_medians_and_spread_that_of_pairs(self):
        ratio = figures.rows(three([2, 3, 10], [20, 30, 40]))[0].ratio
        self.assertEqual((ratio.mid, ratio.low, ratio.high), (3 / 30, 3 / 30, 10 / 40))

    def test_warm_up_does_not_count(self):
        row = figures.rows([load('culvert', 0, 99), *three([2, 3, 4], [20, 30, 40])])[0]
        self.assertEqual(row.metric('culvert', 'cpu_s_per_million').high, 4)

    def test_goal_is_inclusive(self):
        self.assertTrue(figures.rows(three([1], [8]))[0].reached())
        self.assertFalse(figures.rows(three([1.01], [8]))[0].reached())

    def test_latency_goal_counts_where_it_is_set(self):
        slow = [load('culvert', 1, 5, p99=2000, code='p0w1'), load('mosquitto', 1, 10, p99=1000, code='p0w1')]
        self.assertFalse(figures.rows(slow)[0].reached())
        self.assertTrue(figures.rows(three([5], [10], code='p0w1'))[0].reached())

    def test_fault_of_culvert_spoils_a_reached_goal(self):
        self.assertFalse(figures.rows([load('culvert', 1, 1, faults={'lost': 1}), load('mosquitto', 1, 20)])[0].reached())

    def test_one_broker_alone_has_no_ratio_and_no_verdict(self):
        row = figures.rows([load('mosquitto', 1, 20)])[0]
        self.assertIsNone(row.ratio)
        self.assertIsNone(row.reached())


class Report(unittest.TestCase):
    def test_missed_goal_is_listed_with_its_remark(self):
        text = page(three([10, 11, 12], [20, 21, 22]), {'p1': 'because of this'})
        self.assertIn('not reached: p1', text)
        self.assertIn('| p1 | ratio ≤ 1/8 | 0.524 | because of this |', text)

    def test_missed_goal_without_remark_is_called_unexplained(self):
        self.assertIn('not yet explained', page(three([10], [20])))

    def test_reached_goals_leave_no_table(self):
        self.assertIn('Every goal that was measured is reached.', page(three([1], [20])))

    def test_every_fault_is_in_the_page_even_of_a_warm_up(self):
        text = page([load('mosquitto', 0, 20, faults={'dup': 3}), *three([1], [20])])
        self.assertIn('| p1 | mosquitto | warm-up | dup 3 |', text)
        self.assertIn('1 rounds had faults', text)

    def test_stopped_run_says_so(self):
        text = report.render([FACTS, *three([1], [20])], {})['performance.md']
        self.assertIn('The run is not complete', text)

    def test_busy_machine_is_named(self):
        self.assertNotIn('Other work', page(three([1], [20])))
        busy = three([1], [20])
        busy[0]['load'] = 4.5
        self.assertIn('load average up to 4.5', page(busy))

    def test_chart_is_well_formed_and_has_a_bar_for_each_ratio(self):
        files = report.render([FACTS, *three([1], [20]), *three([1], [2], code='fo0'), END], {})
        root = tree.fromstring(files['performance.svg'])
        self.assertEqual(len(root.findall('{http://www.w3.org/2000/svg}rect')), 2)

    def test_absolute_goals_of_memory_and_start(self):
        start = {'type': 'round', 'scenario': 'start', 'broker': 'culvert', 'round': 1, 'size': 1, 'load': 1.0,
                 'result': {'ready_s': 2.5, 'idle_rss_mb': 100.0, 'faults': {}}}
        text = page([start])
        self.assertIn('| time to ready, s | 2.50 (2.50–2.50) | – | < 2.00 s | **no** |', text)
        self.assertIn('| idle RSS, MB | 100 (100–100) | – | < 150 MB | yes |', text)


class Sizes(unittest.TestCase):
    def test_round_is_sized_by_cpu_and_bounded_by_time(self):
        plan = Plan(5, 60, False)
        p0 = BY_CODE['p0']
        self.assertEqual(plan.size(p0, {'cpu_s_per_million': 10, 'msgs_per_s': 1e6}, 2.0, 1), 200000 // 50)
        self.assertEqual(plan.size(p0, {'cpu_s_per_million': 10, 'msgs_per_s': 1000}, 2.0, 1), 6000 // 50)
        self.assertEqual(plan.size(p0, {}, 2.0, 77), 77)

    def test_codes_are_unique(self):
        self.assertEqual(len({s.code for s in ALL}), len(ALL))


if __name__ == '__main__':
    unittest.main()

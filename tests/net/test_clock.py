#!/usr/bin/env python3
"""Clocks that step while pictures come: the engine's time of day, and the camera's. What
the engine decides goes by a clock that never steps."""

import unittest

from net import PICTURES_A_SECOND, NetTest

HOUR, DAY = 3600, 24 * 3600
TICKS = 90000 // PICTURES_A_SECOND


class ClockTest(NetTest):
    def check_steady(self):
        """No picture is missing, each is shown one step behind the one before, and no
        connection was made anew."""
        self.assertEqual(self.missing(), 0)
        pictures = list(self.viewer.pictures)
        for before, p in zip(pictures, pictures[1:]):
            self.assertEqual((p.pts_90k - before.pts_90k) % 2 ** 32, TICKS, f"{before} {p}")
        status = self.status()
        self.assertEqual((status["state"], status["connections"], status["frames_dropped"]), ("live", 1, 0))
        self.assertEqual(self.metric("camera_attempts_total"), 1)
        self.assertEqual(self.viewer.dropped, 0)
        self.assertLess(status["age_ms"], HOUR * 1000)  # since it is live, not since a step
        self.assertLess(status["jitter_ms"], 1000)

    def check_engine(self, transport):
        self.start(transport, "--stall", "2")
        states = len(self.viewer.states)
        for seconds in (HOUR, -HOUR, DAY, -DAY, 0):
            before = self.viewer.pictures[-1].arrived_unix_us - self.engine_clock.seconds * 10 ** 6
            self.engine_clock.step(seconds)
            self.viewer.until_more(2)  # one may have been under way
            self.viewer.until_more(30)
            self.assertEqual(self.viewer.dropped, 0)
            since = self.viewer.pictures[-1].arrived_unix_us - seconds * 10 ** 6 - before
            # What goes out is by the new time.
            self.assertTrue(0 < since < HOUR * 10 ** 6 // 2, (seconds, since))
        self.check_steady()
        self.assertEqual(self.viewer.states[states:], [])

    def test_the_engines_clock_steps_by_udp(self):
        self.check_engine("udp")

    def test_the_engines_clock_steps_by_tcp(self):
        self.check_engine("tcp")

    def test_who_joins_behind_a_step_sees_pictures_at_once(self):
        self.start("tcp")
        self.engine_clock.step(-DAY)
        self.viewer.until_more(5)
        late = self.watch()
        late.until_more(30)
        self.assertEqual(late.dropped, 0)
        self.assertTrue(late.pictures[0].key)
        self.check_steady()

    def check_camera(self, transport):
        self.start(transport, "--stall", "2")
        states = len(self.viewer.states)
        for seconds in (HOUR, -HOUR, DAY, 0):
            reports = self.wire.stats()["in"]["reports"]
            self.camera_clock.step(seconds)
            self.viewer.until("a sender report", lambda before=reports: self.reported(before))
        self.viewer.until_more(20)
        self.check_steady()
        self.assertEqual(self.viewer.states[states:], [])

    def reported(self, before):
        return self.wire.stats()["in"]["reports"] > before

    def test_the_cameras_clock_steps_by_udp(self):
        self.check_camera("udp")


if __name__ == "__main__":
    unittest.main(verbosity=2)

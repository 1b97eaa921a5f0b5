#!/usr/bin/env python3
"""Pictures over the RTSP connection: what a network does to it must cost time and nothing
else. And links that carry less than the camera sends, by TCP and UDP."""

import unittest

from net import MILLION, PICTURES_A_SECOND, NetTest, await_that

FAR_BEHIND_MS = 1000
HOPELESS = 1 / 20  # of what the camera sends: no picture is whole
SHARE = 3 / 4  # of what the camera sends
QUEUE = 30000  # bytes that wait in the network for a slow link


class TcpTest(NetTest):
    def check_whole(self):
        status = self.status()
        self.assertEqual((status["packets_lost"], status["frames_dropped"], self.missing()), (0, 0, 0))
        self.assertEqual(status["connections"], 1)

    def test_300_ms_there_and_back(self):
        self.wire.order("both delay 300")
        self.start("tcp")
        self.viewer.until_more(50)
        self.check_whole()

    def test_one_percent_is_lost_both_ways(self):
        self.wire.order(f"both loss {MILLION // 100}")
        self.start("tcp")
        self.viewer.until("losses", lambda: self.wire.stats()["in"]["lost"] >= 5)
        self.viewer.until_more(20)
        self.check_whole()

    def test_every_one_has_a_delay_of_its_own(self):
        self.wire.order("both jitter 30")
        self.start("tcp")
        self.viewer.until_more(100)
        self.check_whole()

    def kbit_of_clip(self):
        return self.clip.stat().st_size * 8 // 1000 * PICTURES_A_SECOND // len(self.numbers)

    def check_slow(self, transport, said):
        """The stream stands, with what the link carries; what it does not is counted."""
        self.start(transport)
        self.assertLess(self.status()["lag_ms"], FAR_BEHIND_MS)
        self.wire.order(f"in queue {QUEUE}", f"in rate {int(self.kbit_of_clip() * SHARE)}")
        await_that("said so", lambda: said(self.status()))
        self.viewer.until_more(20)  # of what is whole
        self.wire.order("in rate 0")
        await_that("caught up", lambda: self.status()["lag_ms"] < FAR_BEHIND_MS)
        self.viewer.until_more(50)
        status = self.status()
        self.assertEqual((status["state"], status["connections"], self.viewer.dropped), ("live", 1, 0))
        self.assertEqual(self.missing(), status["frames_dropped"])
        self.assertEqual(status["packets_malformed"], 0)
        self.assertLessEqual(self.wire.stats()["in"]["queued_max"], QUEUE)
        return status

    def test_a_slow_link_by_udp(self):
        status = self.check_slow("udp", lambda status: status["packets_lost"] > 20)
        self.assertEqual(status["packets_lost"], self.wire.stats()["in"]["rtp_lost"])

    def test_a_hopeless_link_by_udp(self):
        """Packets come and come, and no picture: that is not live, and has a word of its own."""
        self.start("udp", "--stall", "1")
        known, failures = len(self.viewer.states), self.metric("camera_failures_total")
        self.wire.order(f"in queue {QUEUE}", f"in rate {int(self.kbit_of_clip() * HOPELESS)}")
        known = self.viewer.until_state("retrying", "incomplete", since=known)
        self.assertGreater(self.metric("camera_failures_total"), failures)
        self.wire.order("in rate 0")
        have = len(self.viewer.pictures)
        self.viewer.until_state("live", since=known)
        self.await_new_session(have)

    def test_a_slow_link_by_tcp(self):
        """Nothing is lost, and pictures are the older the longer it lasts."""
        status = self.check_slow("tcp", lambda status: status["lag_ms"] > FAR_BEHIND_MS)
        self.assertEqual((status["packets_lost"], self.missing()), (0, 0))


if __name__ == "__main__":
    unittest.main(verbosity=2)

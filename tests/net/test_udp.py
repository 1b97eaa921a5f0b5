#!/usr/bin/env python3
"""Pictures by UDP over a network that loses, overtakes, doubles and delays packets, and in
which others than the camera send."""

import unittest

from net import MILLION, NetTest, await_that


class UdpTest(NetTest):
    def rtp(self):
        return self.wire.stats()["in"]

    def check_losses(self, share, packets):
        self.start("udp")
        self.wire.order(f"in loss {int(share * MILLION)}")
        self.viewer.until("losses", lambda: self.rtp()["rtp_lost"] >= packets)
        self.wire.order("in loss 0")
        self.viewer.until_more(20)
        lost = self.rtp()["rtp_lost"]
        status = self.status()
        self.assertEqual(status["packets_lost"], lost)
        self.assertEqual(status["packets_malformed"], 0)  # the network's fault, not the camera's
        self.assertEqual(self.missing(), status["frames_dropped"])
        self.assertGreater(status["frames_dropped"], 0)
        await_that("the camera is told of all losses", lambda: self.wire.stats()["told_lost"] == lost)
        self.assertGreater(self.wire.stats()["told_most"], 0)

    def test_one_percent_is_lost(self):
        self.check_losses(0.01, 8)

    def test_five_percent_are_lost(self):
        self.check_losses(0.05, 40)

    def check_put_in_order(self, *orders):
        """What the window can put right is no loss."""
        self.start("udp")
        self.wire.order(*orders)
        self.viewer.until("disorder", lambda: self.metric("camera_packets_reordered_total") >= 40)
        self.wire.order("in hold 0", "in jitter 0")
        self.viewer.until_more(20)
        status, late = self.status(), self.metric("camera_packets_late_total")
        self.assertEqual(status["packets_lost"], late)  # of a busy machine: over 100 ms behind
        self.assertLess(late, 20)
        self.assertEqual(self.missing(), status["frames_dropped"])
        if late == 0:
            self.assertEqual(status["frames_dropped"], 0)

    def test_some_are_overtaken_by_two(self):
        self.check_put_in_order("in behind 2", f"in hold {MILLION // 10}")

    def test_every_one_has_a_delay_of_its_own(self):
        self.check_put_in_order("in jitter 20")

    def check_too_late(self, behind, run):
        """What comes too late is lost once, and nothing else is."""
        self.start("udp")
        self.wire.order(f"in behind {behind}", f"in run {run}", f"in hold {MILLION // 20}")
        self.viewer.until("disorder", lambda: self.rtp()["held"] >= 40)
        self.wire.order("in hold 0")
        self.viewer.until_more(20)  # a run that has begun is held to its end
        held = self.rtp()["held"]
        await_that("all came late", lambda: self.metric("camera_packets_late_total") >= held)
        status = self.status()
        self.assertEqual(self.metric("camera_packets_late_total"), held)
        self.assertEqual(status["packets_lost"], held)
        self.assertEqual(status["packets_malformed"], 0)
        self.assertEqual(self.missing(), status["frames_dropped"])

    def test_some_are_overtaken_by_more_than_the_window(self):
        self.check_too_late(80, run=3)

    def test_some_are_overtaken_by_hundreds(self):
        self.check_too_late(200, run=1)

    def check_doubled(self, behind, share):
        self.start("udp")
        self.wire.order(f"in behind {behind}", f"in double {int(share * MILLION)}")
        self.viewer.until("copies", lambda: self.rtp()["doubled"] >= 200)
        self.wire.order("in double 0")
        doubled = self.rtp()["doubled"]
        await_that("all copies came", lambda: self.metric("camera_packets_late_total") >= doubled)
        self.viewer.until_more(20)
        self.assertEqual(self.metric("camera_packets_late_total"), doubled)
        self.assertEqual(self.status()["packets_lost"], 0)
        self.assertEqual((self.missing(), self.status()["frames_dropped"]), (0, 0))

    def test_every_packet_comes_twice(self):
        self.check_doubled(0, 1)

    def test_every_packet_comes_again_behind_others(self):
        self.check_doubled(7, 1)

    def test_300_ms_there_and_back(self):
        self.wire.order("both delay 300")
        self.start("udp")
        self.viewer.until_more(50)
        self.assertEqual(self.status()["packets_lost"], 0)
        self.assertEqual(self.missing(), 0)

    def test_a_stranger_cannot_put_pictures_in(self):
        self.start("udp")
        self.wire.order("forge 10.77.0.66")
        self.viewer.until_more(50)
        self.assertEqual(self.missing(), 0)
        self.assertGreater(self.metric("camera_packets_strange_total"), 50)
        self.assertEqual(self.status()["packets_lost"], 0)

    def test_a_stranger_cannot_take_the_stream_over(self):
        self.start("udp", "--stall", "1")
        before = len(self.viewer.states)
        self.wire.order("source 10.77.0.66")
        self.viewer.until_state("retrying", "stalled", since=before)
        self.assertGreater(self.metric("camera_packets_strange_total"), 0)
        have = len(self.viewer.pictures)
        self.wire.order("source 0.0.0.0")
        self.viewer.until("pictures again", lambda: len(self.viewer.pictures) > have + 20)
        self.missing()


if __name__ == "__main__":
    unittest.main(verbosity=2)

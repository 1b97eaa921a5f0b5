#!/usr/bin/env python3
"""Half-open connections: the line goes silent, and neither end is told."""

import unittest

from net import SOON, NetTest, await_that


class SilentTest(NetTest):
    def check_silence(self, transport):
        self.start(transport, *SOON)
        attempts = self.metric("camera_attempts_total")
        known = len(self.viewer.states)
        self.wire.order("both cut 1")
        known = self.viewer.until_state("retrying", "stalled", since=known)
        have = len(self.viewer.pictures)
        self.viewer.until_state("retrying", "timeout", since=known)  # nobody answers
        await_that("tried again and again", lambda: self.metric("camera_attempts_total") >= attempts + 3)
        known = len(self.viewer.states)
        self.wire.order("both cut 0")
        self.viewer.until_state("live", since=known)
        self.await_new_session(have)
        self.assertEqual(self.metric("camera_sessions"), 1)  # nothing is left of those before

    def test_the_line_is_silent_by_tcp(self):
        self.check_silence("tcp")

    def test_the_line_is_silent_by_udp(self):
        self.check_silence("udp")

    def check_silence_at(self, request):
        self.start_camera()
        self.start_engine(*SOON)
        self.wire.order(f"on {request} cut")
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "timeout")
        self.assertEqual(self.wire.stats()["triggered"], 1)
        known = len(self.viewer.states)
        self.wire.order("both cut 0")
        self.viewer.until_state("live", since=known)
        self.await_new_session(0)

    def test_the_line_is_silent_from_describe_on(self):
        self.check_silence_at("DESCRIBE")

    def test_the_line_is_silent_from_setup_on(self):
        self.check_silence_at("SETUP")

    def test_the_line_is_silent_from_play_on(self):
        self.check_silence_at("PLAY")

    def test_the_line_is_silent_from_the_beginning(self):
        self.wire.order("both cut 1")
        self.start_camera()
        self.start_engine(*SOON)
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "timeout")
        self.wire.order("both cut 0")
        self.await_new_session(0)

    def test_the_camera_is_another_machine_after_a_power_cut(self):
        """It knows nothing of the connection, and a reset answers what we say of it."""
        self.start("tcp", *SOON)
        known = len(self.viewer.states)
        self.wire.renew()
        # Whether the old connection is given up for its silence or for a reset is chance: the
        # last picture's acknowledgement may still be on its way to the new machine.
        known = self.viewer.until_state("retrying", "stalled", "closed", since=known)
        self.viewer.until_state("retrying", "refused", since=known)
        have = len(self.viewer.pictures)
        self.start_camera()
        self.await_new_session(have)


if __name__ == "__main__":
    unittest.main(verbosity=2)

#!/usr/bin/env python3
"""Connections that are reset, and addresses that change."""

import unittest

from net import SOON, NetTest


class BrokenTest(NetTest):
    # ---- resets ----

    def test_a_reset_amid_pictures(self):
        self.start("tcp", *SOON)
        known = len(self.viewer.states)
        have = len(self.viewer.pictures)
        self.wire.order("reset")
        known = self.viewer.until_state("retrying", "closed", since=known)
        self.viewer.until_state("live", since=known)
        self.await_new_session(have)
        self.assertEqual(self.wire.stats()["resets"], 1)

    def check_reset_at(self, request):
        self.start_camera()
        self.start_engine(*SOON)
        self.wire.order(f"on {request} reset")
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "closed")
        self.assertEqual(self.wire.stats()["resets"], 1)
        self.await_new_session(0)

    def test_a_reset_at_describe(self):
        self.check_reset_at("DESCRIBE")

    def test_a_reset_at_setup(self):
        self.check_reset_at("SETUP")

    def test_a_connection_that_is_refused(self):
        self.wire.order("reset")
        self.start_camera()
        self.start_engine(*SOON)
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "refused")
        self.await_new_session(0)

    # ---- addresses ----

    def hosts(self, address):
        (self.dir / "hosts").write_text(f"127.0.0.1 localhost\n{address} gate.camera.test\n")

    def test_the_cameras_name_leads_to_another_address(self):
        self.hosts("10.77.0.2")
        self.start_camera()
        # A namespace of mounts in which /etc/hosts is ours.
        self.start_engine(*SOON, before=(
            "unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(self.dir / "hosts")))
        self.register("tcp", host="gate.camera.test")
        self.viewer = self.watch()
        self.viewer.until_more(10)
        known = len(self.viewer.states)
        self.wire.order("address far 10.77.0.3")
        known = self.viewer.until_state("retrying", "stalled", since=known)
        self.viewer.until_state("retrying", "timeout", since=known)
        have = len(self.viewer.pictures)
        self.hosts("10.77.0.3")
        self.await_new_session(have)

    def check_own_address(self, transport):
        self.start(transport, *SOON)
        known = len(self.viewer.states)
        have = len(self.viewer.pictures)
        self.wire.order("address near 10.77.0.9")
        self.viewer.until_state("retrying", "stalled", since=known)
        self.await_new_session(have, number=60)

    def test_our_own_address_is_another_one_by_tcp(self):
        self.check_own_address("tcp")

    def test_our_own_address_is_another_one_by_udp(self):
        self.check_own_address("udp")


if __name__ == "__main__":
    unittest.main(verbosity=2)

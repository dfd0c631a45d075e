"""Runs every check of scim2-tester against a SCIM endpoint: check.py URL TOKEN

Prints a line for each check that did not pass, and last how many there were: `N passed, N failed, N skipped`.
"""

import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server


def main() -> int:
    url, token = sys.argv[1:3]
    scim = SyncSCIMClient(Client(base_url=url, headers={"Authorization": f"Bearer {token}"}))
    scim.discover()
    results = check_server(scim)
    passed = [result for result in results if result.status in (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE)]
    skipped = [result for result in results if result.status == Status.SKIPPED]
    for result in results:
        if result not in passed:
            print(result.status.name, result.title, result.resource_type or "", result.reason, sep=" | ")
    failed = len(results) - len(passed) - len(skipped)
    print(f"{len(passed)} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

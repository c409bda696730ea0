import { connect } from "node:net";

/** Whether somebody listens on a port. */
export function listens(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 10_000 });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => {
      end(true);
    });
    for (const event of ["error", "timeout"])
      socket.once(event, () => {
        end(false);
      });
  });
}

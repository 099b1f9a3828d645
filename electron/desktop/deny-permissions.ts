import type { Session } from 'electron';

/** The page needs no camera, no location, no clipboard reading, no device: whatever asks is refused. */
export const denyPermissions = (session: Session): void => {
  session.setPermissionRequestHandler((_page, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
};

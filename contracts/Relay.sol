// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

import {Signatures} from "./libraries/Signatures.sol";

/// @title Relay
/// @notice Carries out what a participant signed, whoever submits and pays for it, so that participants need no ether.
/// @dev OpenZeppelin's forwarder: EIP-712 requests, one nonce after the other, each with a deadline. Requests may also come from
/// ERC-1271 wallets: where no key of `from` signed, the wallet is asked.
contract Relay is ERC2771Forwarder {
    constructor() ERC2771Forwarder("Relay") {}

    function _recoverForwardRequestSigner(ForwardRequestData calldata request)
        internal
        view
        override
        returns (bool isValid, address signer)
    {
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    FORWARD_REQUEST_TYPEHASH,
                    request.from,
                    request.to,
                    request.value,
                    request.gas,
                    nonces(request.from),
                    request.deadline,
                    keccak256(request.data)
                )
            )
        );
        isValid = Signatures.isValid(request.from, digest, request.signature);
        // What the forwarder names when it refuses.
        signer = isValid ? request.from : Signatures.signer(digest, request.signature);
    }
}
